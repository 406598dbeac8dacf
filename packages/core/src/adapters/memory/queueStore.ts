import type {
  QueueJournal,
  QueueMissing,
  QueueSettings,
  QueueStats,
  QueueStore,
} from "../../ports/queueStore.ts";
import { settingsOf } from "../shared/queueSettings.ts";
import { needed } from "./lostConnection.ts";
import { discardWaiting } from "./queue/discardWaiting.ts";
import { join } from "./queue/join.ts";
import { leave } from "./queue/leave.ts";
import { list } from "./queue/list.ts";
import { place, positions } from "./queue/place.ts";
import { promote } from "./queue/promote.ts";
import { isStale, rebuiltRoom } from "./queue/rebuild.ts";
import { lineFigures, type Room } from "./queue/room.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

const MISSING: QueueMissing = { status: "MISSING" };

/**
 * The in-memory queue store. Each call is one synchronous function on the server's state, as a Lua
 * script is in Redis. Every method rejects with DependencyUnavailableError when its call is lost.
 */
export function memoryQueueStore(redisState: RedisState, link: ServerLink): QueueStore {
  const { rooms } = redisState;

  function call<T>(point: string, work: () => T): Promise<T> {
    return needed("redis", link.call("redis", `queue.${point}`, work));
  }

  /**
   * Runs `script` on the in-memory Redis state of the queue. Returns MISSING when the queue has no
   * Redis state.
   */
  function inRoom<T>(
    point: string,
    queueId: string,
    script: (room: Room, nowUs: number) => T,
  ): Promise<T | QueueMissing> {
    return call(point, () => {
      const room = rooms.get(queueId);
      return room ? script(room, redisState.nowUs()) : MISSING;
    });
  }

  return {
    rebuild: (queueId, rebuild) =>
      call("rebuild", () => {
        const known = rooms.get(queueId);
        const room =
          known && !isStale(known, rebuild) ? known : rebuiltRoom(redisState.nowUs(), rebuild);
        // The queue already has a state, so this rebuild was not needed. MySQL has counted a new
        // generation for it, though, and refuses admissions of an earlier generation. Later
        // admissions must therefore carry the new number.
        room.generation = Math.max(room.generation, rebuild.generation);
        rooms.set(queueId, room);
        return { generationStartedUs: room.generationStartedUs };
      }),
    join: (queueId, userId, older, wasMissed) =>
      inRoom("join", queueId, (room, nowUs) => join(room, nowUs, userId, older, wasMissed)),
    place: (queueId, userId, provenSequence, mayReturn) =>
      inRoom("place", queueId, (room, nowUs) =>
        place(room, nowUs, userId, provenSequence, mayReturn),
      ),
    positions: (queueId, userIds) =>
      inRoom("positions", queueId, (room) => positions(room, userIds)),
    promote: (queueId, max, bounds) =>
      inRoom("promote", queueId, (room, nowUs) => promote(room, nowUs, max, bounds)),
    async settle(queueId, journal) {
      await inRoom("settle", queueId, (room) => settle(room, journal));
    },
    leave: (queueId, userId, reason, provenSequence) =>
      inRoom("leave", queueId, (room, nowUs) => leave(room, nowUs, userId, reason, provenSequence)),
    configure: (queueId, settings, settingsVersion) =>
      inRoom("configure", queueId, (room) => configure(room, settings, settingsVersion)),
    async keepEpoch(queueId, epoch) {
      await inRoom("keepEpoch", queueId, (room) => {
        room.epoch = Math.max(room.epoch, epoch);
      });
    },
    stats: (queueId) => inRoom("stats", queueId, stats),
    list: (queueId, status, page) => inRoom("list", queueId, (room) => list(room, status, page)),
    discardWaiting: (queueId, max, settingsVersion) =>
      inRoom("discardWaiting", queueId, (room) => discardWaiting(room, max, settingsVersion)),
    discardState: (queueId, generationStartedUs) =>
      inRoom("discardState", queueId, (room) => {
        if (room.generationStartedUs !== generationStartedUs) return { status: "NEWER" } as const;
        rooms.delete(queueId);
        return { status: "DISCARDED" } as const;
      }),
  };
}

function configure(room: Room, settings: QueueSettings, settingsVersion: number) {
  if (settingsVersion < room.settingsVersion) return { status: "NEWER" } as const;
  room.settingsVersion = settingsVersion;
  room.settings = settingsOf(settings);
  return { status: "CONFIGURED" } as const;
}

function stats(room: Room, nowUs: number): QueueStats {
  return {
    ...lineFigures(room, nowUs),
    lastSequence: room.lastSequence,
    settings: room.settings,
    settingsVersion: room.settingsVersion,
    epoch: room.epoch,
  };
}

/** Removes journal entries (admissions and their ends) that MySQL has recorded. */
function settle(room: Room, { promotions, ends }: QueueJournal): void {
  for (const text of promotions) room.promotions.delete(text);
  for (const text of ends) room.ends.delete(text);
}
