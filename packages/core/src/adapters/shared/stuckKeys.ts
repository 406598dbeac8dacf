import type { PublishedMessage, PublishFailure } from "../../ports/publisher.ts";

/** The keys of messages that could not be published: behind one nothing of its key goes out. */
export interface StuckKeys {
  add(message: PublishedMessage): void;
  has(message: PublishedMessage): boolean;
}

export function stuckKeys(): StuckKeys {
  const names = new Set<string>();
  const nameOf = ({ topic, key }: PublishedMessage): string => `${topic} ${key}`;
  return {
    add: (message) => void names.add(nameOf(message)),
    has: (message) => names.has(nameOf(message)),
  };
}

/** What becomes of a message behind a stuck one. */
export function heldUp({ messageId }: PublishedMessage): PublishFailure {
  return { messageId, error: "stands behind a failed one of its key", poison: false };
}
