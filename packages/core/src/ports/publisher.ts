/** A message on its way to the broker. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topic: string;
  /** Messages of one key keep their order. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Why a message did not go out. `poison` ones never will, whatever the broker's health; the others
 * were not tried, because they stand behind a failed one of their key.
 */
export interface PublishFailure {
  readonly messageId: string;
  readonly error: string;
  readonly poison: boolean;
}

export interface Publisher {
  /**
   * Sends in the given order for each key, acknowledged by all replicas. Behind a message that
   * fails, no message of the same key goes out.
   * @returns the messages that failed; all others are stored by the broker
   * @throws DependencyUnavailableError when the broker is away: nothing can be said of the batch
   */
  publish(messages: readonly PublishedMessage[]): Promise<readonly PublishFailure[]>;
}
