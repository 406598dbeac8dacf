import type { CoreContext, PublishFailure } from "@onsale/core";

/**
 * Something that stays broken until people mend it.
 *
 * - promotion, hold-expiry, notification-delivery, consumer: the loop of a worker hangs, as with a
 *   defect of a deployed version. `mend` repairs workers that start later.
 * - receiver: the external platform does not answer.
 * - poison: the broker refuses every message of one key, the first key that it sees.
 */
export type Breakage =
  | "promotion"
  | "hold-expiry"
  | "notification-delivery"
  | "consumer"
  | "receiver"
  | "poison";

export interface Breakages {
  break(part: Breakage): void;
  mend(part: Breakage): void;
  /** Returns the core of a process, in which the broken parts fail. */
  coreOf(process: { readonly name: string }, core: CoreContext): CoreContext;
}

const never = (): Promise<never> => new Promise(() => undefined);

export function breakages(): Breakages {
  const broken = new Set<Breakage>();
  let poisonedKey: string | undefined;

  function workerOf(core: CoreContext): CoreContext {
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
      },
    };
  }

  function requireReceiver(): void {
    if (broken.has("receiver")) throw new Error("the platform does not answer");
  }

  return {
    break: (part) => void broken.add(part),
    mend: (part) => void broken.delete(part),
    coreOf({ name }, core) {
      const withLoops = name.startsWith("worker") ? workerOf(core) : core;
      return {
        ...withLoops,
        webhook: {
          async send(notification) {
            requireReceiver();
            return core.webhook.send(notification);
          },
          async probe() {
            requireReceiver();
            return core.webhook.probe();
          },
        },
        publisher: {
          async publish(messages) {
            if (!broken.has("poison")) return core.publisher.publish(messages);
            poisonedKey ??= messages[0]?.key;
            const poisoned = messages.filter(({ key }) => key === poisonedKey);
            const sent = messages.filter(({ key }) => key !== poisonedKey);
            return [...poisoned.map(refusal), ...(await core.publisher.publish(sent))];
          },
        },
      };
    },
  };
}

/** As with Kafka, the later messages of the same key are then not sent. */
function refusal({ messageId }: { readonly messageId: string }, at: number): PublishFailure {
  return { messageId, error: "the message is too large", reason: at === 0 ? "refused" : "blocked" };
}
