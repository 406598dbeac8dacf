import type { Points } from "../shared/points.ts";
import type { ReservedSeat } from "./reservationStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export type PaymentStatus = "CAPTURED" | "REFUNDED";

export interface Payment {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  /** The price that was paid. */
  readonly amount: Points;
  /** The part of it that partial refunds gave back. */
  readonly partlyRefunded: Points;
  readonly status: PaymentStatus;
  readonly version: number;
  readonly capturedAt: Date;
  readonly refundedAt: Date | undefined;
}

export interface NewPayment {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: Points;
}

/** Payments. A unique index allows at most one payment for a reservation. */
export interface PaymentStore {
  insert(tx: Tx, payment: NewPayment): Promise<void>;
  find(tx: TxOrNone, id: number): Promise<Payment | undefined>;
  /** Returns the payment of a reservation. */
  findOfReservation(tx: TxOrNone, reservationId: number): Promise<Payment | undefined>;
  /** Returns the payments of reservations, in any order. Without reservations, calls no server. */
  ofReservations(tx: TxOrNone, reservationIds: readonly number[]): Promise<readonly Payment[]>;
  /**
   * Returns the seats that were paid, also those that a refund has given back since then, ordered
   * by seat id. Their prices add up to the amount of the payment.
   */
  paidSeats(tx: TxOrNone, id: number): Promise<readonly ReservedSeat[]>;
  /** Returns payments of the user by descending id. With `beforeId`, those with a lower id. */
  ofUser(
    tx: TxOrNone,
    userId: number,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly Payment[]>;
  /**
   * Changes CAPTURED to REFUNDED. Returns `false` when the payment was already refunded, or has
   * another version.
   */
  refund(tx: Tx, id: number, version: number): Promise<boolean>;
  /**
   * Adds to what was given back of a CAPTURED payment of this version. Returns `false` when the
   * payment has another state or version, or when more than its amount would be given back.
   */
  refundPart(
    tx: Tx,
    id: number,
    part: { readonly version: number; readonly amount: Points },
  ): Promise<boolean>;
}
