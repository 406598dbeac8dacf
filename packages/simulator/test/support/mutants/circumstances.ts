import type { Tx } from "@onsale/core";
import { ConnectionLostError } from "@onsale/core/memory";
import type { Mutant } from "../../../src/virtual/runSeed.ts";
import { type Circumstances, otherPorts } from "./plantedFault.ts";

const rough = (mutant: Mutant): Mutant => ({ ...mutant, isRough: true });

/** Short holds, which end before the payment, and a late reaper. */
export const shortHolds: Circumstances = {
  says: "with holds of 0.4 s",
  mutant: rough(
    otherPorts(({ core: { config } }) => ({
      config: { ...config, hold: { ...config.hold, ttlMs: 400, sweepMs: 2_000 } },
    })),
  ),
};

/** All messages in one bucket, which a relay reads continuously. */
export const busyRelay: Circumstances = {
  says: "with one bucket, looked at every 20 ms",
  mutant: otherPorts(({ core: { config } }) => ({
    config: { ...config, outbox: { ...config.outbox, buckets: 1, pollMs: 20 } },
  })),
};

const SLOW_RATE = 12;

/** Fewer admissions in a minute than arrivals. */
export const slowRoom: Circumstances = {
  says: "in a room of 12 a minute",
  mutant: {
    weaken({ database, redisState }) {
      for (const room of redisState.rooms.values()) {
        room.settings = { ...room.settings, admissionRatePerMinute: SLOW_RATE };
      }
      const { queues } = database.tables;
      const change = database.begin();
      for (const stored of queues.all()) {
        const row = stored.committed;
        if (row) stored.put(change, { ...row, admissionRatePerMinute: SLOW_RATE });
      }
      change.commit();
    },
  },
};

/** One in this number of COMMITs is lost, and so is one in this number of answers to a COMMIT. */
const COMMITS_FOR_ONE_LOST = 8;

/** Maximum number of these faults in one process, so that all work can finish. */
const COMMITS_IN_DANGER = 60;

/** Connections that break repeatedly at a COMMIT. */
export const lostCommits: Circumstances = {
  says: "while one COMMIT in four gets lost, on the way there or back",
  mutant: {
    isRough: true,
    replaceLink(link) {
      let commits = 0;
      return {
        async call(server, point, work) {
          if (point !== "commit") return link.call(server, point, work);
          commits += 1;
          if (commits > COMMITS_IN_DANGER) return link.call(server, point, work);
          const at = commits % COMMITS_FOR_ONE_LOST;
          if (at === 0) throw new ConnectionLostError(point);
          const done = await link.call(server, point, work);
          if (at === COMMITS_FOR_ONE_LOST / 2) throw new ConnectionLostError(point);
          return done;
        },
      };
    },
  },
};

/** Longer than an admission may stay unrecorded before the journal returns it again. */
const SLOW_RECORD_MS = 2_500;

/** A database that records admissions slowly. */
export const slowRecords: Circumstances = {
  says: "while the record of every third batch of admissions takes 2.5 s",
  mutant: rough(
    otherPorts(({ core: { admissions, clock } }) => {
      let records = 0;
      return {
        admissions: {
          ...admissions,
          async recordPromotions(tx, queueId, generation, promotions) {
            records += 1;
            if (records % 3 === 0) await clock.sleep(SLOW_RECORD_MS);
            return admissions.recordPromotions(tx, queueId, generation, promotions);
          },
        },
      };
    }),
  ),
};

/** Payments that notice too few points only after they have written. */
export const lateRefusals: Circumstances = {
  says: "with payments that are refused after they wrote",
  mutant: otherPorts(({ core: { ledger } }) => {
    const writing = new WeakSet<Tx>();
    return {
      ledger: {
        ...ledger,
        balanceOf: async (tx, userId) =>
          tx && !writing.has(tx) ? Number.MAX_SAFE_INTEGER : ledger.balanceOf(tx, userId),
        post(tx, entry) {
          writing.add(tx);
          return ledger.post(tx, entry);
        },
      },
    };
  }),
};
