import type { Tx, TxOrNone } from "./transaction.ts";

/** OWED: not accepted yet. DEAD: given up after the last attempt. */
export const NOTIFICATION_STATUSES = ["OWED", "DELIVERED", "DEAD"] as const;

export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** A notification as an operator sees it. */
export interface NotificationRecord {
  readonly id: number;
  readonly messageId: string;
  /** The event, such as "reservation.held". */
  readonly type: string;
  readonly reservationId: number | undefined;
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date;
  readonly deliveredAt: Date | undefined;
  readonly lastError: string | undefined;
  /** The body of the posts. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One attempt to deliver a notification. */
export interface Delivery {
  readonly notificationId: number;
  /** From the beginning of the post to the answer, whole ms. */
  readonly durationMs: number;
  /** Why the receiver did not accept it; undefined when it did. */
  readonly error: string | undefined;
}

/** A recorded attempt. */
export interface DeliveryRecord extends Omit<Delivery, "notificationId"> {
  readonly attemptedAt: Date;
}

/** Notifications that match every given condition. */
export interface NotificationSelection {
  readonly status?: NotificationStatus | undefined;
  readonly messageId?: string | undefined;
  readonly reservationId?: number | undefined;
}

/** The log of deliveries to the receiver, and the repetition of deliveries. */
export interface DeliveryLog {
  record(tx: TxOrNone, deliveries: readonly Delivery[]): Promise<void>;
  /** Lists notifications, newest first. @param page.beforeId only those with a lower id */
  list(
    tx: TxOrNone,
    selection: NotificationSelection,
    page: { readonly beforeId?: number | undefined; readonly max: number },
  ): Promise<readonly NotificationRecord[]>;
  /** Lists the attempts of a notification, oldest first. */
  deliveries(tx: TxOrNone, notificationId: number, max: number): Promise<readonly DeliveryRecord[]>;
  /** Counts the selected notifications that were delivered or given up. */
  countEnded(tx: TxOrNone, selection: NotificationSelection): Promise<number>;
  /**
   * Makes ended notifications due again, as if they had never been posted, lowest ids first.
   * @param page.afterId only those with a higher id
   * @returns the ids of the changed notifications
   */
  repeat(
    tx: Tx,
    selection: NotificationSelection,
    page: { readonly afterId: number; readonly max: number },
  ): Promise<readonly number[]>;
  /** Deletes up to `max` attempts that are older than `ageMs`. */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
