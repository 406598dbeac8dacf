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
 * refused: the broker will never accept the message. blocked: it was not sent, because an earlier
 * message with the same key failed. topic: the topic of the message accepts no messages at the
 * moment; messages of other topics are not affected.
 */
export type FailureReason = "refused" | "blocked" | "topic";

/** A message that was not published. */
export interface PublishFailure {
  readonly messageId: string;
  readonly error: string;
  readonly reason: FailureReason;
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
