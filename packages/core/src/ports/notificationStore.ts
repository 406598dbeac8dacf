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
  /** Due and undelivered, oldest first, locked and skipping those that others deliver. */
  claimDue(tx: Tx, max: number): Promise<readonly Notification[]>;
  markDelivered(tx: Tx, id: number): Promise<void>;
  markFailed(
    tx: Tx,
    id: number,
    failure: { error: string; retryInMs: number; dead: boolean },
  ): Promise<void>;
  counts(tx: TxOrNone): Promise<{ owed: number; delivered: number; dead: number }>;
}
