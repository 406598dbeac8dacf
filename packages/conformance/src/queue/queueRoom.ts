import type {
  Promotion,
  PromotionResult,
  QueueJournal,
  QueueMissing,
  QueueSettings,
  QueueStats,
  QueueStore,
  RebuildInput,
} from "@onsale/core";
import type { AdapterSet } from "../adapterSet.ts";
import { useOpened } from "../useOpened.ts";

/** Limits so wide that a case reaches a limit only when it sets a lower one. */
export const WIDE: QueueSettings = {
  activeCountMax: 1000,
  admissionRatePerMinute: 600_000,
  activeTtlMs: 600_000,
  activationMs: 600_000,
  mode: "open",
};

/** A sequence (a time in µs) that is earlier than the clock of every store. */
export const LONG_AGO = 1_500_000_000_000_000;
/** A sequence (a time in µs) that is later than the clock of every store. */
export const FAR_AHEAD = 8_000_000_000_000_000;

/** Makes the input of a queue's first start. The given values replace the defaults. */
export function rebuildInputOf(
  settings: Partial<QueueSettings> = {},
  known: Partial<RebuildInput> = {},
): RebuildInput {
  const firstStart = {
    settingsVersion: 1,
    epoch: 1,
    generation: 1,
    active: [],
    recentAdmissionsUs: [],
    lastSequence: 0,
    quietMs: 0,
  };
  return { ...firstStart, ...known, settings: { ...WIDE, ...settings } };
}

/** Number of processes, enough for a race. */
const PROCESS_COUNT = 3;

type Answer<Method extends "join" | "place" | "leave"> = ReturnType<QueueStore[Method]>;

/** A waiting room that only one case uses, with the stores of three processes. */
export interface RoomUnderTest {
  queueId(): string;
  /**
   * Returns the store of one process. An index beyond the last process starts again at the first.
   */
  store(index?: number): QueueStore;
  /** Rebuilds the queue. @returns the start of the generation, µs */
  rebuild(settings?: Partial<QueueSettings>, known?: Partial<RebuildInput>): Promise<number>;
  join(userId: number, restoreSequence?: number): Answer<"join">;
  /** Lets the users join one after the other. @returns their sequences */
  line(...userIds: readonly number[]): Promise<number[]>;
  place(userId: number, provenSequence?: number): Answer<"place">;
  statusOf(userId: number): Promise<string>;
  leave(userId: number, reason?: "PAID" | "LEFT", provenSequence?: number): Answer<"leave">;
  promote(max?: number): Promise<PromotionResult>;
  settle(journal: QueueJournal): Promise<void>;
  /** Promotes and settles, like a promoter while MySQL answers. */
  promoteAndSettle(): Promise<readonly Promotion[]>;
  stats(): Promise<QueueStats>;
  /** Returns the time of the store's clock. */
  nowUs(): Promise<number>;
  passTime(ms: number): Promise<void>;
  lose(): Promise<void>;
}

/** Opens the adapter set for the surrounding suite. */
export function useQueueRoom(set: AdapterSet): RoomUnderTest {
  const opened = useOpened(set);
  let stores: QueueStore[] = [];
  let roomCount = 0;
  let clockCount = 0;
  const queueId = (): string => `room-${roomCount}`;

  before("opens more processes", async () => {
    stores = [opened().core.queue];
    while (stores.length < PROCESS_COUNT) stores.push((await opened().another()).queue);
  });
  beforeEach("takes a new room", () => {
    roomCount += 1;
  });

  function store(index = 0): QueueStore {
    const chosen = stores[index % PROCESS_COUNT];
    if (chosen === undefined) throw new Error("the adapters are open only while the suite runs");
    return chosen;
  }

  return {
    queueId,
    store,
    ...roomCalls(store, queueId),
    async nowUs() {
      // The first call for a queue builds its state, and returns the time of the store's clock.
      clockCount += 1;
      return (await store().rebuild(`clock-${clockCount}`, rebuildInputOf())).generationStartedUs;
    },
    passTime: (ms) => opened().passTime(ms),
    lose: () => opened().loseRedisState(),
  };
}

type RoomCalls = Omit<RoomUnderTest, "queueId" | "store" | "nowUs" | "passTime" | "lose">;

function roomCalls(store: () => QueueStore, queueId: () => string): RoomCalls {
  async function promote(max = 500): Promise<PromotionResult> {
    return present(await store().promote(queueId(), max));
  }

  return {
    async rebuild(settings, known) {
      return (await store().rebuild(queueId(), rebuildInputOf(settings, known)))
        .generationStartedUs;
    },
    join: (userId, restoreSequence) => store().join(queueId(), userId, restoreSequence),
    async line(...userIds) {
      const sequences: number[] = [];
      for (const userId of userIds) {
        const place = await store().join(queueId(), userId);
        if (place.status !== "WAITING") throw new Error(`user ${userId} is ${place.status}`);
        sequences.push(place.sequence);
      }
      return sequences;
    },
    place: (userId, provenSequence) => store().place(queueId(), userId, provenSequence),
    statusOf: async (userId) => (await store().place(queueId(), userId)).status,
    leave: (userId, reason = "LEFT", provenSequence) =>
      store().leave(queueId(), userId, reason, provenSequence),
    promote,
    settle: (journal) => store().settle(queueId(), journal),
    async promoteAndSettle() {
      const { promoted, journal } = await promote();
      await store().settle(queueId(), journal);
      return promoted;
    },
    stats: async () => present(await store().stats(queueId())),
  };
}

/** Returns the store's answer. @throws when the store has no state of the queue */
export function present<T extends object>(answer: T | QueueMissing): T {
  if (isMissing(answer)) throw new Error("the store has no state of the queue");
  return answer;
}

function isMissing(answer: object): answer is QueueMissing {
  return "status" in answer && answer.status === "MISSING";
}

export function userIdsOf(list: readonly { readonly userId: number }[]): number[] {
  return list.map(({ userId }) => userId);
}

/** Returns the whole numbers from `from` to `to`, including both. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
}
