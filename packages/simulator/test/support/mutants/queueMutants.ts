import type { CoreContext } from "@onsale/core";
import { promote, type Room } from "@onsale/core/testing";
import { slowRecords, slowRoom } from "./circumstances.ts";
import { editedSql, without } from "./editedSql.ts";
import { type CaughtFault, otherPorts } from "./plantedFault.ts";

const PROMOTE = "packages/core/src/adapters/redis/lua/promote-10.lua";
const ADMISSIONS = "packages/core/src/adapters/sql/admissionStore.ts";
const BEST_PLACE = "packages/core/src/queue/bestPlace.ts";
const CONFIGURE = {
  path: "packages/core/src/queue/configureQueue.ts",
  text: "core.queue.configure(queueId, settings, settingsVersion),",
};
const REBUILDING = "packages/core/src/queue/rebuildQueue.ts";

/** Promotion that reads changed settings of the waiting room. */
const promoteIn = (otherRoom: (room: Room) => Room) =>
  otherPorts(({ core, servers, link }) => {
    const { rooms, nowUs } = servers.redisState;
    const promoteOther: CoreContext["queue"]["promote"] = (queueId, max) =>
      link.call("redis", "queue.promote", () => {
        const room = rooms.get(queueId);
        return room ? promote(otherRoom(room), nowUs(), max) : { status: "MISSING" };
      });
    return { queue: { ...core.queue, promote: promoteOther } };
  });

const NO_LIMIT = 1_000_000;

const withSettings = (settings: Partial<Room["settings"]>) =>
  promoteIn((room) => ({ ...room, settings: { ...room.settings, ...settings } }));

/** The waiting list in reverse order. */
const lastFirst = () =>
  promoteIn((room) => ({
    ...room,
    waiting: {
      ...room.waiting,
      takeFirst(count) {
        const { waiting } = room;
        const last = waiting.first(waiting.size()).toReversed().slice(0, count);
        return last.flatMap((member) => {
          const score = waiting.scoreOf(member);
          return waiting.delete(member) && score !== undefined ? [{ member, score }] : [];
        });
      },
    },
  }));

type RebuildInput = Parameters<CoreContext["queue"]["rebuild"]>[1];

/** A rebuild that starts from data other than the database's. */
const rebuiltWith = (other: (input: RebuildInput) => Partial<RebuildInput>) =>
  otherPorts(({ core }) => ({
    queue: {
      ...core.queue,
      rebuild: (queueId, input) => core.queue.rebuild(queueId, { ...input, ...other(input) }),
    },
  }));

/** Faults of admissions. */
export const queueMutants: readonly CaughtFault[] = [
  {
    name: "promotion without the cap",
    plants: "promotion does not ask how many are active",
    place: { path: PROMOTE, text: 'setting("activeCountMax") - redis.call("ZCARD", KEYS[3])' },
    caughtBy: ["I7", "loops"],
    seedsMax: 40,
    plant: () => withSettings({ activeCountMax: NO_LIMIT }),
  },
  {
    name: "promotion without the rate",
    plants: "promotion does not ask how many were admitted",
    place: { path: PROMOTE, text: 'local rate = setting("admissionRatePerMinute")' },
    circumstances: slowRoom,
    caughtBy: ["I7", "loops"],
    seedsMax: 10,
    plant: () => withSettings({ admissionRatePerMinute: NO_LIMIT }),
  },
  {
    name: "last in line first",
    plants: "promotion takes the last buyer in line",
    place: { path: PROMOTE, text: 'redis.call("ZPOPMIN", KEYS[2], room)' },
    caughtBy: ["I8", "line", "loops"],
    seedsMax: 10,
    plant: lastFirst,
  },
  {
    name: "admissions forgotten with the Redis state",
    plants: "after a loss the live admissions do not count against the cap",
    place: { path: ADMISSIONS, text: "const active = await db.select(" },
    caughtBy: ["I7", "loops"],
    seedsMax: 30,
    plant: () => rebuiltWith(() => ({ active: [] })),
  },
  {
    name: "admission returned once",
    plants: "a promoted buyer leaves the journal before the database has the admission",
    place: { path: PROMOTE, text: 'redis.call("ZADD", KEYS[9], digits(nowUs), promotion)' },
    circumstances: slowRecords,
    caughtBy: ["I7", "loops"],
    seedsMax: 15,
    plant: () =>
      promoteIn((room) => ({ ...room, promotions: { ...room.promotions, set: () => undefined } })),
  },
  {
    name: "ends not recorded",
    plants: "the database never records the end of an admission",
    place: {
      path: "packages/core/src/queue/promoteWaiting.ts",
      text: "await core.admissions.recordEnds(tx, queueId, ended);",
    },
    caughtBy: ["I7", "loops"],
    seedsMax: 10,
    plant: () =>
      otherPorts(({ core }) => ({
        admissions: { ...core.admissions, recordEnds: async () => undefined },
      })),
  },
  {
    name: "admissions of the last minute forgotten",
    plants: "after a loss the admissions of the last minute do not count against the rate",
    place: { path: ADMISSIONS, text: "const recentAdmissionsUs = await db.select(" },
    circumstances: slowRoom,
    caughtBy: ["I7", "loops"],
    seedsMax: 15,
    plant: () => rebuiltWith(() => ({ recentAdmissionsUs: [] })),
  },
  {
    name: "admission recorded by a plain INSERT",
    plants: "an admission that is recorded already makes the recording fail",
    place: { path: ADMISSIONS, text: "await db.change(tx, statements.RECORD_PROMOTIONS" },
    caughtBy: ["loops", "liveness"],
    seedsMax: 120,
    plant: () =>
      editedSql({
        "admissions.recordPromotions": without("ON DUPLICATE KEY UPDATE sequence = sequence"),
      }),
  },
  {
    name: "no pause after a loss",
    plants: "after a loss promotion continues immediately, before the buyers ahead are back",
    place: { path: REBUILDING, text: "const quietMs = wasLost" },
    caughtBy: ["line"],
    seedsMax: 30,
    plant: () => rebuiltWith(() => ({ quietMs: 0 })),
  },
  {
    name: "pause only after an admission",
    plants: "a queue without an admission counts as new after a loss",
    place: { path: REBUILDING, text: "known.generation > 1 || known.lastSequence > 0" },
    caughtBy: ["line"],
    seedsMax: 500,
    plant: () => rebuiltWith(({ lastSequence, quietMs }) => ({ quietMs: lastSequence && quietMs })),
  },
  {
    name: "restored at the tail",
    plants: "a buyer whose place Redis lost goes to the end of the line",
    place: {
      path: BEST_PLACE,
      text: "core.queue.join(queueId, userId, sequence, admission !== undefined)",
    },
    caughtBy: ["line"],
    seedsMax: 30,
    plant: () =>
      otherPorts(({ core }) => ({
        queue: { ...core.queue, join: (queueId, userId) => core.queue.join(queueId, userId) },
      })),
  },
  {
    name: "missed for ever",
    plants: "a buyer who misses the admission during an advised pause never gets the place back",
    place: { path: BEST_PLACE, text: "sequence, mayReturn(core, queue, claims))," },
    caughtBy: ["line"],
    seedsMax: 60,
    plant: () =>
      otherPorts(({ core }) => ({
        queue: {
          ...core.queue,
          place: (queueId, userId, sequence) => core.queue.place(queueId, userId, sequence),
        },
      })),
  },
  {
    name: "leaving with any token",
    plants: "a token of an earlier place ends the buyer's place",
    place: {
      path: "packages/core/src/adapters/redis/lua/leave-8.lua",
      text: "if proven and tonumber(sequence) > proven then",
    },
    caughtBy: ["line"],
    seedsMax: 250,
    plant: () =>
      otherPorts(({ core }) => ({
        queue: {
          ...core.queue,
          leave: (queueId, userId, reason) => core.queue.leave(queueId, userId, reason),
        },
      })),
  },
  {
    name: "settings that stay in the database",
    plants: "Redis never receives a change",
    place: CONFIGURE,
    caughtBy: ["liveness"],
    seedsMax: 15,
    plant: () =>
      otherPorts(({ core }) => ({
        queue: { ...core.queue, configure: async () => ({ status: "CONFIGURED" }) },
      })),
  },
];
