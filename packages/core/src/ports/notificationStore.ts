import type { Tx, TxOrNone } from "./transaction.ts";

export interface Notification {
  readonly id: number;
  /** Id of the outbox message from which the notification was made. */
  readonly messageId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  /** Notifications of one reservation are delivered in their order; undefined without an order. */
  readonly reservationId: number | undefined;
  /** Until when it is hidden from other senders, by the database's clock. */
  readonly hiddenUntil: Date;
}

/** A notification as a sender has taken it. */
export type TakenNotification = Pick<Notification, "id" | "hiddenUntil">;

/** The notifications that are not delivered yet. */
export interface NotificationBacklog {
  readonly owed: number;
  /** Time since the oldest of them was created; 0 without any. */
  readonly oldestAgeMs: number;
  /** The error of one that failed. */
  readonly error: string | undefined;
}

/**
 * Notifications for the receiver of the webhook. The consumer creates a notification in the same
 * transaction as its inbox record.
 */
export interface NotificationStore {
  insert(
    tx: Tx,
    notification: {
      messageId: string;
      body: Readonly<Record<string, unknown>>;
      reservationId?: number | undefined;
    },
  ): Promise<void>;
  /**
   * Takes due notifications, oldest first, and makes them due again after `hiddenMs`. Of each
   * reservation, only the first that is OWED can be taken. Skips rows that another process has
   * locked. The caller posts the notifications outside the transaction. If the caller crashes,
   * another process can take them after `hiddenMs`.
   */
  takeDue(tx: Tx, max: number, hiddenMs: number): Promise<readonly Notification[]>;
  /**
   * Makes the other notifications of these reservations due now. The caller has marked one of each
   * reservation as delivered or dead, after a failed attempt, in the same transaction: `takeDue`
   * postpones those behind a failed one.
   */
  resume(tx: Tx, reservationIds: readonly number[]): Promise<void>;
  markDelivered(tx: TxOrNone, ids: readonly number[]): Promise<void>;
  /**
   * Counts a failed attempt, and sets the time of the next one or gives the notification up.
   * @returns false, and changes nothing, when the notification has ended, or another sender has
   *   taken it after its hidden time
   */
  markFailed(
    tx: TxOrNone,
    taken: TakenNotification,
    failure: { error: string; retryInMs: number; dead: boolean },
  ): Promise<boolean>;
  /**
   * Makes notifications due later that one `takeDue` returned and that were not posted. No attempt
   * is counted. Changes none that another sender has taken since then.
   */
  postpone(tx: TxOrNone, taken: readonly TakenNotification[], byMs: number): Promise<void>;
  /** Reads the notifications that are not delivered yet; delivered ones cost nothing. */
  backlog(tx: TxOrNone): Promise<NotificationBacklog>;
  /**
   * Makes notifications due now that failed and wait longer than `laterThanMs` for their next
   * attempt. A notification that is being posted waits less than that. The attempts of the changed
   * notifications begin anew, so that one more failure postpones a notification by seconds, not by
   * an hour.
   * @returns the number of changed notifications
   */
  makeDue(tx: Tx, laterThanMs: number, max: number): Promise<number>;
  /** Counts the notifications that `makeDue` would change. */
  countPostponed(tx: TxOrNone, laterThanMs: number): Promise<number>;
  counts(tx: TxOrNone): Promise<{ owed: number; delivered: number; dead: number }>;
  /**
   * Deletes up to `max` notifications that were delivered more than `ageMs` ago. Notifications with
   * the status DEAD are kept for an operator.
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
