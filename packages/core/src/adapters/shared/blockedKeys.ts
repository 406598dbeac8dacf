import type { PublishedMessage, PublishFailure } from "../../ports/publisher.ts";

/** The keys of failed messages. No later message of a blocked key may be published. */
export interface BlockedKeys {
  add(failed: PublishedMessage): void;
  has(message: PublishedMessage): boolean;
}

export function blockedKeys(): BlockedKeys {
  const names = new Set<string>();
  const nameOf = ({ topic, key }: PublishedMessage): string => `${topic} ${key}`;
  return {
    add: (failed) => void names.add(nameOf(failed)),
    has: (message) => names.size > 0 && names.has(nameOf(message)),
  };
}

/** The failure of a message that was not tried because its key is blocked. */
export function blockedFailure({ messageId }: PublishedMessage): PublishFailure {
  return { messageId, error: "blocked by an earlier failed message of its key", reason: "blocked" };
}
