import type { Tx, TxOrNone } from "./transaction.ts";

export interface Notification {
  readonly id: number;
  /** Id of the outbox message whose event is in the notification. */
  readonly messageId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** Notifications for an external platform. The consumer creates them with its inbox record. */
export interface NotificationStore {
  insert(
    tx: Tx,
    notification: { messageId: string; body: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /**
   * Takes due notifications, oldest first, and makes them due again after `hiddenMs`. Skips rows
   * that another process has locked. The sender posts outside the transaction. If the sender
   * crashes, other processes can take its notifications after `hiddenMs`.
   */
  takeDue(tx: Tx, max: number, hiddenMs: number): Promise<readonly Notification[]>;
  markDelivered(tx: TxOrNone, ids: readonly number[]): Promise<void>;
  markFailed(
    tx: TxOrNone,
    id: number,
    failure: { error: string; retryInMs: number; dead: boolean },
  ): Promise<void>;
  counts(tx: TxOrNone): Promise<{ owed: number; delivered: number; dead: number }>;
  /**
   * Deletes up to `max` notifications that were delivered more than `ageMs` ago. Notifications that
   * the sender gave up are kept for an operator.
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
