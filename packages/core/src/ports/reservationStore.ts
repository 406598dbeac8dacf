import type { Points } from "../shared/points.ts";
import type { ShowFields } from "./showFields.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/** PENDING while the seats are held; CONFIRMED after the payment. The other states are final. */
export type ReservationStatus = "PENDING" | "CONFIRMED" | "CANCELLED" | "EXPIRED" | "REFUNDED";

export interface ReservedSeat {
  readonly seatId: number;
  readonly seatNo: string;
  readonly section: string;
  /** undefined for a seat that was made before rows were stored. */
  readonly row: string | undefined;
  readonly price: Points;
}

export interface Reservation extends ShowFields {
  readonly id: number;
  readonly userId: number;
  readonly status: ReservationStatus;
  /** Sum of the prices of `seats`; each price is the one at the time of the hold. */
  readonly amount: Points;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** Counts the transitions, starting at 1. The outbox has one message for each version. */
  readonly version: number;
  /** The seats of the reservation, without those that it gave back before its end. */
  readonly seats: readonly ReservedSeat[];
  /** True for a PENDING reservation that had expired, by the database's clock, when it was read. */
  readonly overdue: boolean;
}

export interface NewReservation {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly amount: Points;
  readonly expiresAt: Date;
  readonly seats: readonly { seatId: number; price: Points; seatVersion: number }[];
}

/**
 * A live seat link of a buyer: a seat that the buyer holds or has paid for.
 */
export interface BuyerSeat {
  readonly reservationId: number;
  readonly status: "PENDING" | "CONFIRMED";
  /** True for a PENDING reservation that had expired, by the database's clock, when it was read. */
  readonly overdue: boolean;
}

/** Conditions on reservations. A reservation is selected if it matches all given conditions. */
export interface ReservationSelection {
  readonly userId: number | undefined;
  readonly performanceId: number | undefined;
  readonly status: ReservationStatus | undefined;
  /** True: only holds that have expired, by the database's clock, and have not ended. */
  readonly isOverdue: boolean;
}

/**
 * Reservations. Each transition is conditional on the earlier state: `false` means that another
 * transition changed the state first. A transition that depends on seats and price names the
 * version at which they were read.
 */
export interface ReservationStore {
  /** Counts PENDING reservations whose hold expired more than `overdueMs` ago. */
  countOverdue(tx: TxOrNone, overdueMs: number): Promise<number>;
  insert(tx: Tx, reservation: NewReservation): Promise<void>;
  find(tx: TxOrNone, id: number): Promise<Reservation | undefined>;
  /** Changes PENDING to CONFIRMED, if the hold has not expired by the database's clock. */
  confirm(tx: Tx, id: number, version: number): Promise<boolean>;
  /** Changes PENDING to CANCELLED. */
  cancel(tx: Tx, id: number, version: number): Promise<boolean>;
  /** Changes PENDING to EXPIRED, if the hold has expired by the database's clock. */
  expire(tx: Tx, id: number): Promise<boolean>;
  /** Changes CONFIRMED to REFUNDED. */
  refund(tx: Tx, id: number, version: number): Promise<boolean>;
  /**
   * Sets the end of a PENDING reservation to `holdMs` from now, by the database's clock, but not
   * later than `latest`.
   * @returns the new end; undefined when the reservation is not PENDING, has expired, or has no
   *   earlier end
   */
  extend(
    tx: Tx,
    extension: { readonly id: number; readonly holdMs: number; readonly latest: Date },
  ): Promise<Date | undefined>;
  /** Locks the reservation until the transaction ends. @returns false when it does not exist */
  lock(tx: Tx, id: number): Promise<boolean>;
  /**
   * Sets the amount of a reservation that gives back some of its seats, and raises its version. A
   * PENDING one must not have expired, by the database's clock.
   */
  reduce(
    tx: Tx,
    change: {
      readonly id: number;
      readonly status: "PENDING" | "CONFIRMED";
      readonly version: number;
      readonly amount: Points;
    },
  ): Promise<boolean>;
  /** Returns the seats that the reservation gave back before its end, in order. */
  releasedSeatIds(tx: TxOrNone, id: number): Promise<readonly number[]>;
  /**
   * Locks expired PENDING reservations, oldest first. Skips rows that another transaction has
   * locked.
   */
  lockOverdue(tx: Tx, max: number): Promise<readonly number[]>;
  /**
   * Locks and returns the buyer's seats of one performance. Until this transaction ends, another
   * call for the same buyer and performance waits, so the buyer cannot get more seats meanwhile.
   */
  lockSeatsOfBuyer(tx: Tx, userId: number, performanceId: number): Promise<readonly BuyerSeat[]>;
  /** Returns the buyer's PENDING reservations for concerts that use this queue, oldest first. */
  pendingOfQueue(
    tx: TxOrNone,
    userId: number,
    queueId: string,
    max: number,
  ): Promise<readonly number[]>;
  /** Returns selected reservations by descending id. With `beforeId`, those with a lower id. */
  list(
    tx: TxOrNone,
    selection: ReservationSelection,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly Reservation[]>;
  /**
   * Returns reservations of the user, newest first. With `beforeId`, only reservations with a lower
   * id.
   */
  ofUser(
    tx: TxOrNone,
    userId: number,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly Reservation[]>;
}
