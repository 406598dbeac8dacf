/** A message for the broker. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topic: string;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Why a message was not published. The broker never accepts one with `poison`; the others were not
 * tried, because they are blocked by an earlier failed message of their key.
 */
export interface PublishFailure {
  readonly messageId: string;
  readonly error: string;
  readonly poison: boolean;
}

export interface Publisher {
  /**
   * Sends messages in the given order for each key, acknowledged by all in-sync replicas. A message
   * that fails blocks the later messages of its key.
   * @returns the messages that failed; the broker has stored all others
   * @throws DependencyUnavailableError when the broker is unavailable: each message may or may not
   *   be stored
   */
  publish(messages: readonly PublishedMessage[]): Promise<readonly PublishFailure[]>;
}
