import { createConcert } from "../../src/catalog/createConcert.ts";
import type { QueueSettings, QueueStats } from "../../src/ports/queueStore.ts";
import type { QueueTokenClaims } from "../../src/ports/tokenSigner.ts";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import type { QueueTicket } from "../../src/queue/queueTicket.ts";
import { type MemoryTestCore, useMemoryCore } from "./memoryCore.ts";

export const QUEUE_ID = "hall";

/** With these settings the next promotion admits all waiting users. A test may set lower limits. */
const SETTINGS: QueueSettings = {
  activeCountMax: 1_000,
  admissionRatePerMinute: 60_000,
  activeTtlMs: 600_000,
  activationMs: 60_000,
  mode: "open",
};

/** One waiting room on in-memory servers, known to the process and with its Redis state. */
export interface MemoryQueue extends MemoryTestCore {
  /** Joins with a new place, or with the place that a token proves. */
  join(userId: number, token?: string): Promise<QueueTicket>;
  /** Joins and is promoted. */
  admitted(userId: number): Promise<QueueTicket>;
  promote(): ReturnType<typeof promoteWaiting>;
  /** Redis loses everything. */
  loseRedis(): void;
  /** Passes the pause that promotion keeps after a rebuild. */
  passQuietTime(): void;
  stats(): Promise<QueueStats>;
  claimsOf(ticket: QueueTicket): QueueTokenClaims;
  /** The ticket's token with other claims in it, signed like any other. */
  tokenWith(ticket: QueueTicket, claims: Partial<QueueTokenClaims>): string;
}

export interface MemoryQueueOptions {
  readonly isDamaged?: boolean;
  /** Environment variables that replace the settings of the process. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * A new waiting room for each test of the surrounding suite.
 * @returns a function that returns the waiting room, for hooks and tests
 */
export function useMemoryQueue(
  settings: Partial<QueueSettings> = {},
  { isDamaged = false, overrides = {} }: MemoryQueueOptions = {},
): () => MemoryQueue {
  const memory = useMemoryCore(overrides, { isDamaged });
  let opened: MemoryQueue | undefined;
  beforeEach("opens a waiting room", async () => {
    const { core } = memory();
    await createConcert(core, { title: "Rush", singer: "Ada", queueId: QUEUE_ID });
    await configureQueue(core, { queueId: QUEUE_ID, settings: { ...SETTINGS, ...settings } });
    opened = memoryQueue(memory());
  });
  return () => {
    if (!opened) throw new Error("the waiting room is open only while a test runs");
    return opened;
  };
}

function memoryQueue(memory: MemoryTestCore): MemoryQueue {
  const { core, servers, clock } = memory;
  const queueId = QUEUE_ID;
  const join = (userId: number, token?: string) => joinQueue(core, { queueId, userId, token });
  const promote = () => promoteWaiting(core, { queueId });
  const claimsOf = ({ token }: QueueTicket) => core.tokens.verify(token);
  return {
    ...memory,
    join,
    promote,
    claimsOf,
    async admitted(userId) {
      const ticket = await join(userId);
      await promote();
      return ticket;
    },
    loseRedis: () => servers.redisState.lose(),
    passQuietTime: () => clock.pass(core.config.queue.pollAfterMaxMs + 1_000),
    async stats() {
      const stats = await core.queue.stats(queueId);
      if ("status" in stats) throw new Error("Redis has no state of the queue");
      return stats;
    },
    tokenWith: (ticket, claims) => core.tokens.sign({ ...claimsOf(ticket), ...claims }),
  };
}
