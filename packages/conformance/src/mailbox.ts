import type { ReceivedMessage } from "@onsale/core";

/**
 * Stores the messages that consumers received, so that a case can inspect them or wait for them.
 */
export interface Mailbox {
  /** The messages in the order of their arrival, including repetitions. */
  readonly messages: readonly ReceivedMessage[];
  readonly values: readonly string[];
  /** A message handler that stores the message. */
  take(message: ReceivedMessage): Promise<void>;
  /** Resolves when the condition is true. The time limit of the case ends the wait. */
  until(holds: () => boolean): Promise<void>;
  /** Resolves when the mailbox has this many messages. */
  count(count: number): Promise<void>;
}

/** Creates an empty mailbox. */
export function mailbox(): Mailbox {
  const messages: ReceivedMessage[] = [];
  const watchers = new Set<() => void>();

  function until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (!holds()) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
    return promise;
  }

  return {
    messages,
    get values() {
      return messages.map(({ value }) => value);
    },
    async take(message) {
      messages.push(message);
      for (const look of watchers) look();
    },
    until,
    count: (count) => until(() => messages.length >= count),
  };
}
