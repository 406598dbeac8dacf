import type { Points } from "../shared/points.ts";
import type { ShowFields } from "./showFields.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/** BLOCKED: the box office keeps the seat back. */
export type SeatStatus = "AVAILABLE" | "HELD" | "SOLD" | "BLOCKED";

/** A seat with the facts that decide whether a buyer may hold it. */
export interface OfferedSeat extends ShowFields {
  readonly id: number;
  readonly seatNo: string;
  readonly section: string;
  readonly row: string | undefined;
  readonly price: Points;
  readonly accessible: boolean;
  readonly saleOpensAt: Date | undefined;
  readonly saleClosesAt: Date | undefined;
  /** Whether the sale of the performance is open now, by the database's clock. */
  readonly sale: "ahead" | "open" | "over";
  /** How many seats of the performance a buyer may have; undefined for `SEATS_PER_BUYER_MAX`. */
  readonly seatsPerBuyerMax: number | undefined;
  /** Counts the holds and releases of the seat. A hold raises it by one. */
  readonly version: number;
  /** When a hold that begins now expires, by the database's clock. */
  readonly expiresAt: Date;
  /**
   * The reservation that has the live link to the seat. When the transaction has locked the seat,
   * this reservation is overdue, and the caller must expire it after the hold.
   */
  readonly supersededReservationId: number | undefined;
}

export interface NewHold {
  /** Sorted ascending, so that all transactions lock seats in the same order. */
  readonly seatIds: readonly number[];
  readonly reservationId: number;
  readonly expiresAt: Date;
}

/** A seat that the box office keeps back. */
export interface SeatBlock {
  readonly seatId: number;
  readonly seatNo: string;
  readonly reason: string;
  readonly blockedAt: Date;
}

export interface PartialRelease {
  readonly reservationId: number;
  /** Sorted ascending. */
  readonly seatIds: readonly number[];
  readonly from: "HELD" | "SOLD";
  readonly version: number;
}

export interface SeatRow {
  readonly id: number;
  readonly performanceId: number;
  readonly seatNo: string;
  readonly section: string;
  readonly row: string | undefined;
  readonly price: Points;
  readonly accessible: boolean;
  readonly status: SeatStatus;
  readonly reservationId: number | undefined;
  readonly holdExpiresAt: Date | undefined;
  readonly version: number;
}

/** A seat with the buyer of its reservation. */
export interface SeatOfBuyer extends SeatRow {
  /** Undefined for a seat without a reservation. */
  readonly userId: number | undefined;
}

/**
 * Seats. Each write is one conditional statement. The number of changed rows decides who wins a
 * race.
 */
export interface SeatStore {
  /**
   * Locks the seats that are AVAILABLE or whose hold has expired by the database's clock. Skips
   * seats that another transaction has locked.
   * @param seatIds sorted ascending
   * @returns the ids of the locked seats
   */
  lock(tx: Tx, seatIds: readonly number[]): Promise<readonly number[]>;
  /** Returns the seats with the facts of their performances, ordered by seat id. */
  offered(tx: Tx, seatIds: readonly number[], holdMs: number): Promise<readonly OfferedSeat[]>;
  /**
   * Holds the seats that are AVAILABLE or whose hold has expired by the database's clock.
   * @returns the number of seats that were held. When it is less than the number of `seatIds`, the
   *   caller must roll back
   */
  hold(tx: Tx, hold: NewHold): Promise<number>;
  /**
   * Changes HELD to SOLD where the hold's version matches.
   * @param seatCount the number of seats of the reservation
   * @returns the number of seats that were changed
   */
  confirm(tx: Tx, reservationId: number, seatCount: number): Promise<number>;
  /**
   * Sets the end of the hold of this reservation's seats where the version matches.
   * @returns the number of seats
   */
  extend(tx: Tx, reservationId: number, expiresAt: Date): Promise<number>;
  /**
   * Changes HELD or SOLD to AVAILABLE for the seats of this reservation where the version matches.
   * @returns the number of seats
   */
  release(tx: Tx, reservationId: number, from: "HELD" | "SOLD"): Promise<number>;
  /**
   * Changes these seats of the reservation to AVAILABLE where the version matches, and ends their
   * links.
   * @param release.version the reservation's version after this transition
   * @returns the number of seats
   */
  releaseSome(tx: Tx, release: PartialRelease): Promise<number>;
  find(tx: TxOrNone, seatIds: readonly number[]): Promise<readonly SeatOfBuyer[]>;
  ofPerformance(tx: TxOrNone, performanceId: number): Promise<readonly SeatRow[]>;
  /**
   * Changes AVAILABLE to BLOCKED, and keeps the reason.
   * @param seatIds sorted ascending
   * @returns the number of seats. When it is less than the number of `seatIds`, the caller must
   *   roll back
   */
  block(tx: Tx, seatIds: readonly number[], reason: string): Promise<number>;
  /**
   * Changes BLOCKED to AVAILABLE.
   * @param seatIds sorted ascending
   * @returns the number of seats
   */
  unblock(tx: Tx, seatIds: readonly number[]): Promise<number>;
  /** Returns the blocked seats of a performance, ordered by seat id. */
  blocks(tx: TxOrNone, performanceId: number): Promise<readonly SeatBlock[]>;
}
