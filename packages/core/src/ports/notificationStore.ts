import type { Tx, TxOrNone } from "./transaction.ts";

export interface Notification {
  readonly id: number;
  /** Id of the outbox message whose event the notification carries. */
  readonly messageId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** Notifications for an external platform: created with the inbox record, delivered afterwards. */
export interface NotificationStore {
  insert(
    tx: Tx,
    notification: { messageId: string; body: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /**
   * Takes due rows, oldest first, and hides them for `hiddenMs`; skips rows that another process
   * has locked. The sender posts outside the transaction: when it dies, the rows become due again.
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
   * Deletes up to `max` notifications delivered more than `ageMs` ago. Notifications that were
   * given up stay, for an operator.
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
