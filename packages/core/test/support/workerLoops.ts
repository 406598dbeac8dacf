import { outboxRelay } from "../../src/outbox/outboxRelay.ts";
import type { Publisher } from "../../src/ports/publisher.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { heartbeat } from "../../src/worker/heartbeat.ts";
import type { MemoryTestCore } from "./memoryCore.ts";

/** As often as a worker looks at its queues. */
const PAUSE_MS = 500;

/**
 * A worker in a process of its own: it promotes, ends holds, publishes, and shows signs of life.
 */
export interface WorkerLoops {
  /** Starts the loops; a worker that runs stays as it is. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** While true, the broker answers no call of this worker. */
  isBrokerDown: boolean;
}

/**
 * The loops of a worker for the tests of the surrounding suite. They run only after `start`, and
 * end with the test.
 */
export function useWorkerLoops(current: () => MemoryTestCore): WorkerLoops {
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  const stop = async () => {
    stopping.abort();
    await running;
    running = undefined;
  };
  afterEach("stops the loops of the worker", stop);
  const worker: WorkerLoops = {
    isBrokerDown: false,
    async start() {
      if (running) return;
      stopping = new AbortController();
      const iterate = loopsOf(current(), worker);
      await iterate();
      running = repeat(current(), iterate, stopping.signal);
    },
    stop,
  };
  return worker;
}

async function repeat(
  { clock }: MemoryTestCore,
  iterate: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(PAUSE_MS, signal);
    if (!signal.aborted) await iterate();
  }
}

/** One iteration of each loop, and a sign of life. */
function loopsOf(test: MemoryTestCore, worker: WorkerLoops): () => Promise<void> {
  const another = test.another();
  const publisher: Publisher = {
    ...another.publisher,
    async publish(messages) {
      if (worker.isBrokerDown) throw new DependencyUnavailableError("kafka");
      return another.publisher.publish(messages);
    },
  };
  const core = { ...another, publisher };
  const id = core.ids.uuid();
  const life = heartbeat(core, id);
  const relay = life.watch("outbox-relay", outboxRelay(core, id).runOnce);
  const promotion = life.watch("promotion", async () => {
    const queueIds = await core.admissions.listQueueIds(null);
    for (const queueId of queueIds) await promoteWaiting(core, { queueId });
    return false;
  });
  const expiry = life.watch("hold-expiry", async () => {
    await releaseExpiredHolds(core);
    return false;
  });
  return async () => {
    await promotion();
    await expiry();
    // A worker's loop logs the failure of an iteration and goes on.
    await relay(new AbortController().signal).catch(() => false);
    await life.beat();
  };
}
