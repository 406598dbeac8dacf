import type { Tx, TxOrNone } from "./transaction.ts";

export interface Notification {
  readonly id: number;
  /** The outbox message that it tells of. */
  readonly messageId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** Notices owed to an external platform: created with the inbox record, delivered afterwards. */
export interface NotificationStore {
  insert(
    tx: Tx,
    notification: { messageId: string; body: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /**
   * Takes due and undelivered ones, oldest first, skipping those that others take at this moment,
   * and hides them for `hiddenMs`: the sender works outside the transaction, and one that died
   * leaves them to the next.
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
   * Deletes up to `max` notices delivered more than `ageMs` ago; those given up stay for an
   * operator.
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
