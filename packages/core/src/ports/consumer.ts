/** A message as a consumer receives it: at least once, in order for each key. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ConsumerSubscription {
  /** The name of the consumer group and of the inbox. */
  readonly consumer: string;
  readonly topics: readonly string[];
  /**
   * Applies one message. A message is acknowledged only after this resolves; when it rejects, the
   * message is delivered again.
   */
  readonly handle: (message: ReceivedMessage) => Promise<void>;
}

export interface RunningConsumer {
  /** Stops after the message in flight; safe to call twice. */
  stop(): Promise<void>;
}

export interface Consumers {
  /** Starts a consumer; it reconnects by itself and restarts when it makes no progress. */
  run(subscription: ConsumerSubscription): Promise<RunningConsumer>;
}
