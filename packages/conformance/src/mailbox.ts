import type { ReceivedMessage } from "@onsale/core";

/** What consumers were handed, for a case to look at and to wait for. */
export interface Mailbox {
  /** In the order in which they came, also those that came twice. */
  readonly messages: readonly ReceivedMessage[];
  readonly values: readonly string[];
  /** A handler that only takes. */
  take(message: ReceivedMessage): Promise<void>;
  /** Resolves once the condition holds; the case's own time limit ends it. */
  until(holds: () => boolean): Promise<void>;
  /** Resolves once so many have come. */
  count(count: number): Promise<void>;
}

/** An empty mailbox. */
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
