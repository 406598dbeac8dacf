import type { QueueSettings, QueueStore } from "../../ports/queueStore.ts";
import type { RedisConnection } from "./connection.ts";
import { leaveOf, placeOf, promotionOf, statsOf } from "./queueReplies.ts";
import { defineQueueScripts } from "./queueScripts.ts";

/** A promoter records its batch within milliseconds; after this its passes are handed to the next one. */
const PASS_OVERDUE_US = 1_000_000;
/** Passes that may be out without a row in the database: four batches of the largest size. */
const PASSES_UNRECORDED_MAX = 2000;

/** Every key of a queue carries its id as the hash tag, so that a cluster keeps them together. */
function keysOf(prefix: string, queueId: string) {
  const key = (name: string): string => `${prefix}queue:{${queueId}}:${name}`;
  return {
    room: key("room"),
    waiting: key("waiting"),
    active: key("active"),
    unclaimed: key("unclaimed"),
    held: key("held"),
    entered: key("entered"),
    admissions: key("admissions"),
    passes: key("passes"),
    ends: key("ends"),
  };
}

/**
 * The waiting room in Redis: each call is one Lua script, and the clock is the server's own. Every method
 * rejects with DependencyUnavailableError while Redis does not answer.
 */
export function redisQueueStore(redis: RedisConnection, prefix: string): QueueStore {
  defineQueueScripts(redis.client);
  return {
    async seed(queueId, seed) {
      const keys = Object.values(keysOf(prefix, queueId));
      const text = JSON.stringify({
        settings: settingsOf(seed.settings),
        active: seed.active.map((pass) => [pass.userId, pass.sequence, pass.expiresAtMs]),
        recentAdmissionsUs: seed.recentAdmissionsUs,
        lastSequence: seed.lastSequence,
        quietMs: Math.ceil(seed.quietMs),
      });
      const reply = await redis.run((client) => client.onsaleQueueSeed(...keys, text));
      return { generationStartedUs: Number(reply) };
    },

    async join(queueId, userId, restoreSequence) {
      const { room, waiting, active, unclaimed, held, entered, admissions, ends } = keysOf(
        prefix,
        queueId,
      );
      const keys = [room, waiting, active, unclaimed, held, entered, admissions, ends];
      const older = restoreSequence ?? "";
      const reply = await redis.run((client) => client.onsaleQueueJoin(...keys, userId, older));
      const place = placeOf(reply, userId);
      return place.status === "NONE" ? { status: "MISSING" } : place;
    },

    async place(queueId, userId) {
      const { room, waiting, active, unclaimed, held, admissions } = keysOf(prefix, queueId);
      const keys = [room, waiting, active, unclaimed, held, admissions];
      const reply = await redis.run((client) => client.onsaleQueuePlace(...keys, userId));
      const place = placeOf(reply, userId);
      return place.status === "CLOSED" ? { status: "NONE" } : place;
    },

    async promote(queueId, max) {
      const keys = Object.values(keysOf(prefix, queueId));
      const limits = [max, PASS_OVERDUE_US, PASSES_UNRECORDED_MAX];
      return promotionOf(
        await redis.run((client) => client.onsaleQueuePromote(...keys, ...limits)),
      );
    },

    async settle(queueId, journal) {
      const { room, waiting, active, held, entered, admissions, passes, ends } = keysOf(
        prefix,
        queueId,
      );
      const keys = [room, waiting, active, held, entered, admissions, passes, ends];
      const entries = [journal.passes.length, ...journal.passes, ...journal.ends];
      await redis.run((client) => client.onsaleQueueSettle(...keys, ...entries));
    },

    async leave(queueId, userId, reason) {
      const { room, waiting, active, unclaimed, held, entered, ends } = keysOf(prefix, queueId);
      const keys = [room, waiting, active, unclaimed, held, entered, ends];
      const reply = await redis.run((client) => client.onsaleQueueLeave(...keys, userId, reason));
      return leaveOf(reply, userId, reason);
    },

    async configure(queueId, settings) {
      const fields = Object.entries(settingsOf(settings)).flat();
      const { room } = keysOf(prefix, queueId);
      await redis.run((client) => client.onsaleQueueConfigure(room, ...fields));
    },

    async stats(queueId) {
      const { room, waiting, active, admissions } = keysOf(prefix, queueId);
      return statsOf(
        await redis.run((client) => client.onsaleQueueStats(room, waiting, active, admissions)),
      );
    },
  };
}

/** Only the known settings: whatever else an object carries stays out of the room. */
function settingsOf(settings: QueueSettings): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, claimMs, mode } = settings;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, claimMs, mode };
}
