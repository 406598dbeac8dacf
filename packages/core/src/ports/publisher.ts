/** A message for the broker. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topic: string;
  /** The broker keeps the order of messages with the same key. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A message that was not published. With `poison`, the broker will never accept the message.
 * Without `poison`, it was not sent, because an earlier message with the same key failed.
 */
export interface PublishFailure {
  readonly messageId: string;
  readonly error: string;
  readonly poison: boolean;
}

export interface Publisher {
  /**
   * Sends messages and waits until all in-sync replicas have acknowledged them. Keeps the given
   * order within each key. A failed message blocks the later messages of its key.
   * @returns the messages that failed; the broker has stored all others
   * @throws DependencyUnavailableError when the broker is unavailable. The broker may have stored
   *   any of the messages
   */
  publish(messages: readonly PublishedMessage[]): Promise<readonly PublishFailure[]>;
}
