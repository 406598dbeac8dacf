import { deliverNotifications } from "../../src/notification/deliverNotifications.ts";
import { notifyReservations } from "../../src/notification/notifyReservations.ts";
import { outboxRelay } from "../../src/outbox/outboxRelay.ts";
import type { RunningConsumer } from "../../src/ports/consumer.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Publisher } from "../../src/ports/publisher.ts";
import type { WebhookSender } from "../../src/ports/webhookSender.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { projectSales } from "../../src/sales/projectSales.ts";
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
  /** While true, the broker refuses every message. */
  isBrokerRefusing: boolean;
  /** While true, the receiver of the notifications refuses everything. */
  isReceiverDown: boolean;
  /** Answers like the receiver; a test gives it to the process of the operator. */
  readonly webhook: WebhookSender;
}

/**
 * The loops of a worker for the tests of the surrounding suite. The loops run only after `start`,
 * and end with the test.
 * @param options.consumes whether the worker runs the consumers too
 */
export function useWorkerLoops(
  current: () => MemoryTestCore,
  { consumes = false } = {},
): WorkerLoops {
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  let consumers: readonly RunningConsumer[] = [];
  const stop = async () => {
    stopping.abort();
    await running;
    for (const consumer of consumers) await consumer.stop();
    consumers = [];
    running = undefined;
  };
  afterEach("stops the loops of the worker", stop);
  const receive = async () => {
    if (worker.isReceiverDown) throw new Error("The webhook answered 503");
  };
  const worker: WorkerLoops = {
    isBrokerDown: false,
    isBrokerRefusing: false,
    isReceiverDown: false,
    webhook: { send: receive, probe: receive, capacity: () => Number.POSITIVE_INFINITY },
    async start() {
      if (running) return;
      stopping = new AbortController();
      const core = workerCore(current(), worker);
      const iterate = loopsOf(core);
      if (consumes) consumers = [await notifyReservations(core), await projectSales(core)];
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

const refused = ({ messageId }: { readonly messageId: string }) => {
  return { messageId, error: "the message is too large", reason: "refused" } as const;
};

function workerCore(test: MemoryTestCore, worker: WorkerLoops): CoreContext {
  const another = test.another();
  const publisher: Publisher = {
    ...another.publisher,
    async publish(messages) {
      if (worker.isBrokerDown) throw new DependencyUnavailableError("kafka");
      if (worker.isBrokerRefusing) return messages.map(refused);
      return another.publisher.publish(messages);
    },
  };
  return { ...another, publisher, webhook: worker.webhook };
}

/** One iteration of each loop, and a sign of life. */
function loopsOf(core: CoreContext): () => Promise<void> {
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
  const delivery = life.watch("notification-delivery", () => deliverNotifications(core));
  return async () => {
    await promotion();
    await expiry();
    await delivery();
    // A worker's loop logs the failure of an iteration and goes on.
    await relay().catch(() => false);
    await life.beat();
  };
}
