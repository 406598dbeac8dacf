/**
 * A message as a consumer receives it. Each message arrives at least once. Messages with the same
 * key arrive in order.
 */
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
   * Applies one message. The consumer acknowledges the message only after this promise resolves.
   * When the promise rejects, the message is delivered again.
   */
  readonly handle: (message: ReceivedMessage) => Promise<void>;
  /**
   * Applies successive messages of one partition, all or none. A consumer with this handler lets
   * messages gather for a moment, and passes them here. When the promise rejects or resolves with
   * false, the consumer passes each message to `handle`.
   */
  readonly handleGroup?: (messages: readonly ReceivedMessage[]) => Promise<boolean>;
}

export interface RunningConsumer {
  /** Stops the consumer after the message that it is applying. A second call does nothing. */
  stop(): Promise<void>;
}

export interface Consumers {
  /**
   * Starts a consumer. The consumer reconnects automatically, and restarts when it makes no
   * progress.
   */
  run(subscription: ConsumerSubscription): Promise<RunningConsumer>;
}
