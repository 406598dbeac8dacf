import type { CoreContext, PublishFailure } from "@onsale/core";

/**
 * Something that stays broken until people mend it.
 *
 * - promotion, hold-expiry, notification-delivery, consumer: the loop of a worker hangs, as with a
 *   defect of a deployed version. `mend` repairs workers that start later.
 * - receiver: the external platform does not answer.
 * - overload, contention: MySQL reports too many running statements, or too many lock waits.
 * - poison: the broker refuses every message of one key, the first key that it sees.
 */
export type Breakage =
  | "promotion"
  | "hold-expiry"
  | "notification-delivery"
  | "consumer"
  | "receiver"
  | "poison"
  | "overload"
  | "contention";

export interface Breakages {
  break(part: Breakage): void;
  mend(part: Breakage): void;
  /** Returns the core of a process, in which the broken parts fail. */
  coreOf(process: { readonly name: string }, core: CoreContext): CoreContext;
}

/** Number of statements, more than any bound of doctor allows. */
const MANY = 200;

const never = (): Promise<never> => new Promise(() => undefined);

export function breakages(): Breakages {
  const broken = new Set<Breakage>();
  const poison = poisonedPublisher(broken);
  return {
    break: (part) => void broken.add(part),
    mend: (part) => void broken.delete(part),
    coreOf({ name }, core) {
      return {
        ...(name.startsWith("worker") ? workerOf(core, broken) : core),
        webhook: receiverOf(core, broken),
        publisher: poison(core.publisher),
        databaseLoad: {
          async read() {
            const load = await core.databaseLoad.read();
            const running = broken.has("overload") ? MANY : load.running;
            return {
              ...load,
              running,
              lockWaits: broken.has("contention") ? MANY : load.lockWaits,
            };
          },
        },
      };
    },
  };
}

/** The core of a worker, whose loops can hang. */
function workerOf(core: CoreContext, broken: ReadonlySet<Breakage>): CoreContext {
  return {
    ...core,
    queue: {
      ...core.queue,
      promote: (...args) => (broken.has("promotion") ? never() : core.queue.promote(...args)),
    },
    reservations: {
      ...core.reservations,
      lockOverdue: (...args) =>
        broken.has("hold-expiry") ? never() : core.reservations.lockOverdue(...args),
    },
    notifications: {
      ...core.notifications,
      takeDue: (...args) =>
        broken.has("notification-delivery") ? never() : core.notifications.takeDue(...args),
    },
    inbox: {
      ...core.inbox,
      record: (...args) => (broken.has("consumer") ? never() : core.inbox.record(...args)),
      recordAll: (...args) => (broken.has("consumer") ? never() : core.inbox.recordAll(...args)),
    },
  };
}

function receiverOf(
  { webhook }: CoreContext,
  broken: ReadonlySet<Breakage>,
): CoreContext["webhook"] {
  const requireReceiver = (): void => {
    if (broken.has("receiver")) throw new Error("the platform does not answer");
  };
  return {
    async send(notification) {
      requireReceiver();
      return webhook.send(notification);
    },
    capacity: webhook.capacity,
    async probe() {
      requireReceiver();
      return webhook.probe();
    },
  };
}

/** All processes publish to one broker, which refuses one key. */
function poisonedPublisher(
  broken: ReadonlySet<Breakage>,
): (publisher: CoreContext["publisher"]) => CoreContext["publisher"] {
  let poisonedKey: string | undefined;
  return (publisher) => ({
    async publish(messages) {
      if (!broken.has("poison")) return publisher.publish(messages);
      poisonedKey ??= messages[0]?.key;
      const poisoned = messages.filter(({ key }) => key === poisonedKey);
      const sent = messages.filter(({ key }) => key !== poisonedKey);
      return [...poisoned.map(refusal), ...(await publisher.publish(sent))];
    },
  });
}

/** As with Kafka, the later messages of the same key are then not sent. */
function refusal({ messageId }: { readonly messageId: string }, at: number): PublishFailure {
  return { messageId, error: "the message is too large", reason: at === 0 ? "refused" : "blocked" };
}
