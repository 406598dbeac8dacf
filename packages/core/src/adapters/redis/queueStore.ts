import type { QueueStore, RebuildInput } from "../../ports/queueStore.ts";
import {
  MISSED_KEPT_US,
  PROMOTION_OVERDUE_US,
  PROMOTIONS_UNRECORDED_MAX,
} from "../shared/queueLimits.ts";
import { settingsOf } from "../shared/queueSettings.ts";
import type { RedisConnection } from "./connection.ts";
import {
  configuredOf,
  discardedStateOf,
  discardedWaitingOf,
  leaveOf,
  pageOf,
  placeOf,
  positionsOf,
  promotionOf,
  statsOf,
} from "./queueReplies.ts";
import { defineQueueScripts } from "./queueScripts.ts";

/**
 * The keys of a queue; a prefix and the queue id precede each. A script that takes all of these
 * keys takes them in this order.
 */
export const QUEUE_KEYS = [
  "room",
  "waiting",
  "active",
  "unactivated",
  "admitted",
  "entered",
  "admissions",
  "missed",
  "promotions",
  "ends",
] as const;

/** The keys of each script, in the order of KEYS. */
const KEYS = {
  rebuild: QUEUE_KEYS,
  join: [
    ...["room", "waiting", "active", "unactivated", "admitted", "entered"],
    ...["admissions", "missed", "ends"],
  ],
  place: [
    ...["room", "waiting", "active", "unactivated", "admitted", "entered"],
    ...["admissions", "missed", "ends"],
  ],
  positions: ["room", "waiting"],
  promote: QUEUE_KEYS,
  settle: ["promotions", "ends"],
  leave: ["room", "waiting", "active", "unactivated", "admitted", "entered", "missed", "ends"],
  configure: ["room"],
  keepEpoch: ["room"],
  stats: ["room", "waiting", "active", "admissions"],
  list: ["room", "waiting", "active", "unactivated", "admitted"],
  discardWaiting: ["room", "waiting", "entered", "missed"],
  discardState: QUEUE_KEYS,
} as const satisfies Record<string, readonly (typeof QUEUE_KEYS)[number][]>;

/**
 * The queue store in Redis. Each call runs one Lua script, which uses the clock of Redis. Every
 * method rejects with DependencyUnavailableError while Redis does not answer.
 */
export function redisQueueStore(redis: RedisConnection, prefix: string): QueueStore {
  defineQueueScripts(redis.client);

  // The queue id is the hash tag of every key, so that a cluster stores all keys in one slot.
  const keysOf: KeysOf = (script, queueId) =>
    KEYS[script].map((name) => `${prefix}queue:{${queueId}}:${name}`);

  return {
    async rebuild(queueId, rebuild) {
      const keys = keysOf("rebuild", queueId);
      const text = rebuildText(rebuild);
      const reply = await redis.run((client) => client.onsaleQueueRebuild(...keys, text));
      return { generationStartedUs: Number(reply) };
    },

    async join(queueId, userId, restoreSequence, wasMissed) {
      const older = [restoreSequence ?? "", wasMissed ? "1" : ""];
      const args = [...keysOf("join", queueId), userId, ...older];
      const reply = await redis.run((client) => client.onsaleQueueJoin(...args));
      const place = placeOf(reply, userId);
      const hasNone = place.status === "NONE" || place.status === "MISSED";
      return hasNone ? { status: "MISSING" } : place;
    },

    async place(queueId, userId, provenSequence, mayReturn) {
      const keys = keysOf("place", queueId);
      const args = [...keys, userId, provenSequence ?? "", mayReturn ? "1" : ""];
      const reply = await redis.run((client) => client.onsaleQueuePlace(...args));
      const place = placeOf(reply, userId);
      return place.status === "CLOSED" ? { status: "NONE" } : place;
    },

    async positions(queueId, userIds) {
      const args = [...keysOf("positions", queueId), ...userIds];
      return positionsOf(await redis.run((client) => client.onsaleQueuePositions(...args)));
    },

    async promote(queueId, max, bounds) {
      const args = [
        ...keysOf("promote", queueId),
        max,
        PROMOTION_OVERDUE_US,
        PROMOTIONS_UNRECORDED_MAX,
        bounds?.untilSequence ?? "",
        bounds?.whilePaused ? "1" : "",
        bounds?.settingsVersion ?? "",
        MISSED_KEPT_US,
      ];
      return promotionOf(await redis.run((client) => client.onsaleQueuePromote(...args)));
    },

    async settle(queueId, { promotions, ends }) {
      const args = [...keysOf("settle", queueId), promotions.length, ...promotions, ...ends];
      await redis.run((client) => client.onsaleQueueSettle(...args));
    },

    async leave(queueId, userId, reason, provenSequence) {
      const args = [...keysOf("leave", queueId), userId, reason, provenSequence ?? ""];
      const reply = await redis.run((client) => client.onsaleQueueLeave(...args));
      return leaveOf(reply, userId, reason);
    },

    async stats(queueId) {
      const keys = keysOf("stats", queueId);
      return statsOf(await redis.run((client) => client.onsaleQueueStats(...keys)));
    },

    ...operatorCalls(redis, keysOf),
  };
}

type KeysOf = (script: keyof typeof KEYS, queueId: string) => string[];

/** The calls that operators make, and those that follow from them. */
function operatorCalls(
  redis: RedisConnection,
  keysOf: KeysOf,
): Pick<QueueStore, "configure" | "keepEpoch" | "list" | "discardWaiting" | "discardState"> {
  return {
    async keepEpoch(queueId, epoch) {
      const args = [...keysOf("keepEpoch", queueId), epoch];
      await redis.run((client) => client.onsaleQueueKeepEpoch(...args));
    },

    async configure(queueId, settings, version) {
      const fields = Object.entries(settingsOf(settings)).flat();
      const args = [...keysOf("configure", queueId), version, ...fields];
      return configuredOf(await redis.run((client) => client.onsaleQueueConfigure(...args)));
    },

    async list(queueId, status, { offset, max }) {
      const args = [...keysOf("list", queueId), status, offset, max];
      return pageOf(await redis.run((client) => client.onsaleQueueList(...args)));
    },

    async discardWaiting(queueId, max, settingsVersion) {
      const args = [...keysOf("discardWaiting", queueId), max, settingsVersion];
      return discardedWaitingOf(
        await redis.run((client) => client.onsaleQueueDiscardWaiting(...args)),
      );
    },

    async discardState(queueId, generationStartedUs) {
      const args = [...keysOf("discardState", queueId), generationStartedUs];
      return discardedStateOf(await redis.run((client) => client.onsaleQueueDiscardState(...args)));
    },
  };
}

function rebuildText(rebuild: RebuildInput): string {
  return JSON.stringify({
    settings: settingsOf(rebuild.settings),
    settingsVersion: rebuild.settingsVersion,
    epoch: rebuild.epoch,
    generation: rebuild.generation,
    active: rebuild.active.map((promotion) => [
      promotion.userId,
      promotion.sequence,
      promotion.expiresAtMs,
      promotion.admittedAtUs,
    ]),
    recentAdmissionsUs: rebuild.recentAdmissionsUs,
    lastSequence: rebuild.lastSequence,
    quietMs: Math.ceil(rebuild.quietMs),
  });
}
