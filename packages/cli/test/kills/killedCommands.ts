import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CoreContext,
  configureQueue,
  executeOperation,
  findOperation,
  listConcerts,
  planOperation,
  promoteWaiting,
} from "@onsale/core";
import { expect } from "chai";
import { type KilledCommand, killedMoneyCommands } from "./killedMoneyCommands.ts";
import { newLine, newSale, PRICE } from "./saleStates.ts";

const SAMPLE = fileURLToPath(
  new URL("../../../../docs/operate/examples/concert.yaml", import.meta.url),
);

async function saleEnds(core: CoreContext, performanceId: number): Promise<boolean> {
  const performance = await core.catalog.findPerformance(null, performanceId);
  return performance?.saleClosesAt !== undefined;
}

/** Every command that changes something. */
export const killedCommands: readonly KilledCommand[] = [
  {
    name: "concert create",
    prepare: async ({ core }) => ({
      words: ["concert", "create", "--from", SAMPLE],
      async expectDone() {
        const found = await listConcerts(core, { title: "Onsale Demo Night", limit: 10 });
        expect(found).to.have.length(1);
      },
    }),
  },
  {
    name: "concert edit",
    async prepare({ core }) {
      const { concertId } = await newSale(core);
      return {
        words: ["concert", "edit", String(concertId), "--singer", `Encore ${concertId}`],
        async expectDone() {
          const found = await listConcerts(core, { singer: `Encore ${concertId}`, limit: 10 });
          expect(found.map(({ id }) => id)).to.deep.equal([concertId]);
        },
      };
    },
  },
  {
    name: "concert close",
    async prepare({ core }) {
      const { concertId, performanceId } = await newSale(core);
      return {
        words: ["concert", "close", String(concertId)],
        expectDone: async () => expect(await saleEnds(core, performanceId)).to.equal(true),
      };
    },
  },
  {
    name: "undo, of concert close",
    async prepare({ core }) {
      const { concertId, performanceId } = await newSale(core);
      const operation = findOperation("concert.close");
      const request = { operation, input: { concertId } };
      await planOperation(core, request);
      const operator = { name: "mina", host: "ops-1", command: "onsale concert close" };
      const { auditId } = await executeOperation(core, { ...request, operator });
      return {
        words: ["undo", String(auditId)],
        expectDone: async () => expect(await saleEnds(core, performanceId)).to.equal(false),
      };
    },
  },
  {
    name: "performance add",
    async prepare({ core }) {
      const { concertId } = await newSale(core);
      const file = join(await mkdtemp(join(tmpdir(), "onsale-kills-")), "performance.json");
      const sections = [{ name: "A", price: PRICE, rows: { A: 4 } }];
      const startsAt = "2031-05-01T19:30:00+09:00";
      await writeFile(file, JSON.stringify({ startsAt, venue: "Club", sections }));
      return {
        words: ["performance", "add", String(concertId), "--from", file],
        async expectDone() {
          const all = await core.catalog.performancesOf(null, concertId);
          expect(all.map(({ venue }) => venue).toSorted()).to.deep.equal(["Club", "Hall"]);
        },
      };
    },
  },
  {
    name: "performance edit",
    async prepare({ core }) {
      const { performanceId } = await newSale(core);
      return {
        words: ["performance", "edit", String(performanceId), "--venue", "Arena"],
        async expectDone() {
          const found = await core.catalog.findPerformance(null, performanceId);
          expect(found?.venue).to.equal("Arena");
        },
      };
    },
  },
  {
    name: "performance close",
    async prepare({ core }) {
      const { performanceId } = await newSale(core);
      return {
        words: ["performance", "close", String(performanceId)],
        expectDone: async () => expect(await saleEnds(core, performanceId)).to.equal(true),
      };
    },
  },
  {
    name: "queue pause",
    isCountExact: false,
    async prepare({ core }) {
      const { queueId } = await newLine(core, [1]);
      return {
        words: ["queue", "pause", queueId],
        async expectDone() {
          const queue = await core.admissions.findQueue(null, queueId);
          expect(queue?.settings.mode).to.equal("paused");
        },
      };
    },
  },
  {
    name: "queue drain --discard-waiting",
    isCountExact: false,
    async prepare({ core }) {
      const { queueId, stats } = await newLine(core, [1, 2, 3]);
      return {
        words: ["queue", "drain", queueId, "--discard-waiting"],
        expectDone: async () =>
          expect(await stats()).to.include({ waitingCount: 0, activeCount: 0 }),
      };
    },
  },
  {
    name: "queue evict",
    isCountExact: false,
    async prepare({ core }) {
      const { queueId, stats } = await newLine(core, [1, 2]);
      await promoteWaiting(core, { queueId });
      return {
        words: ["queue", "evict", "1", "--queue", queueId],
        expectDone: async () =>
          expect(await stats()).to.include({ waitingCount: 1, activeCount: 0 }),
      };
    },
  },
  {
    name: "queue promote",
    isCountExact: false,
    async prepare({ core }) {
      const { queueId, stats } = await newLine(core, [1, 2, 3]);
      await configureQueue(core, { queueId, settings: { activeCountMax: 9 } });
      return {
        words: ["queue", "promote", queueId, "--count", "2"],
        expectDone: async () =>
          expect(await stats()).to.include({ waitingCount: 1, activeCount: 2 }),
      };
    },
  },
  {
    name: "queue rebuild --discard-state",
    isCountExact: false,
    async prepare({ core }) {
      const { queueId, stats } = await newLine(core, [1, 2]);
      await promoteWaiting(core, { queueId });
      return {
        words: ["queue", "rebuild", queueId, "--discard-state"],
        // MySQL has the admission; the buyer's token restores the waiting place.
        expectDone: async () =>
          expect(await stats()).to.include({ waitingCount: 0, activeCount: 1 }),
      };
    },
  },
  {
    name: "queue revoke",
    async prepare({ core }) {
      const { queueId } = await newLine(core, [1, 2]);
      return {
        words: ["queue", "revoke", queueId],
        async expectDone() {
          const queue = await core.admissions.findQueue(null, queueId);
          expect(queue?.epoch).to.equal(2);
        },
      };
    },
  },
  ...killedMoneyCommands,
];
