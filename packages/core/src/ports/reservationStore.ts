import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/** PENDING while the seats are held; CONFIRMED after the payment; the others are final. */
export type ReservationStatus = "PENDING" | "CONFIRMED" | "CANCELLED" | "EXPIRED" | "REFUNDED";

export interface ReservedSeat {
  readonly seatId: number;
  readonly seatNo: string;
  readonly price: Points;
}

export interface Reservation {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly queueId: string;
  readonly performanceStartsAt: Date;
  readonly status: ReservationStatus;
  /** The price when the seats were held. */
  readonly amount: Points;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** Counts transitions from 1; the outbox has one message for each. */
  readonly version: number;
  readonly seats: readonly ReservedSeat[];
  /** PENDING, and past its expiry by the database's clock at the time of the read. */
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

/** A live seat link of a buyer: a seat that an unpaid or paid reservation has a right to. */
export interface BuyerSeat {
  readonly reservationId: number;
  readonly status: "PENDING" | "CONFIRMED";
  /** PENDING, and past its expiry by the database's clock at the time of the read. */
  readonly overdue: boolean;
}

/**
 * A transition is conditional on its first state; `false` means that another transition was first.
 */
export interface ReservationStore {
  insert(tx: Tx, reservation: NewReservation): Promise<void>;
  find(tx: TxOrNone, id: number): Promise<Reservation | undefined>;
  /** PENDING to CONFIRMED while the hold lives, by the database's clock. */
  confirm(tx: Tx, id: number): Promise<boolean>;
  /** PENDING to CANCELLED. */
  cancel(tx: Tx, id: number): Promise<boolean>;
  /** PENDING to EXPIRED once the hold is over, by the database's clock. */
  expire(tx: Tx, id: number): Promise<boolean>;
  /** CONFIRMED to REFUNDED. */
  refund(tx: Tx, id: number): Promise<boolean>;
  /** Locks overdue PENDING reservations, oldest first, skipping those that others work on. */
  lockOverdue(tx: Tx, max: number): Promise<readonly number[]>;
  /**
   * The buyer's seats of one performance. Until the end of the transaction, any other transaction
   * that asks for the same buyer and performance waits, so the buyer gets no seats meanwhile.
   */
  lockSeatsOfBuyer(tx: Tx, userId: number, performanceId: number): Promise<readonly BuyerSeat[]>;
  /** The buyer's PENDING reservations of the concerts behind this queue, oldest first. */
  pendingOfQueue(
    tx: TxOrNone,
    userId: number,
    queueId: string,
    max: number,
  ): Promise<readonly number[]>;
  /** Newest first, before `beforeId` when given. */
  ofUser(
    tx: TxOrNone,
    userId: number,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly Reservation[]>;
}
