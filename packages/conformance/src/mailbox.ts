import type { ReceivedMessage } from "@onsale/core";

/** Keeps the messages that consumers received, so that a case can inspect and await them. */
export interface Mailbox {
  /** In the order of their arrival, repetitions included. */
  readonly messages: readonly ReceivedMessage[];
  readonly values: readonly string[];
  /** A handler that stores the message. */
  take(message: ReceivedMessage): Promise<void>;
  /** Resolves once the condition holds; the case's own time limit ends it. */
  until(holds: () => boolean): Promise<void>;
  /** Resolves once the mailbox has this many messages. */
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
