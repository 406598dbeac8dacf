import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export type SeatStatus = "AVAILABLE" | "HELD" | "SOLD";

/** A seat that this transaction has just taken; its row is locked until the end. */
export interface TakenSeat {
  readonly id: number;
  readonly seatNo: string;
  readonly price: Points;
  readonly performanceId: number;
  readonly queueId: string;
  readonly performanceStartsAt: Date;
  /** Identifies this hold of the seat: confirm, cancel and expire compare it in their WHERE. */
  readonly version: number;
  readonly holdExpiresAt: Date;
  /** The overdue reservation that held the seat; the caller must expire it in this transaction. */
  readonly supersededReservationId: number | undefined;
}

export interface SeatRow {
  readonly id: number;
  readonly performanceId: number;
  readonly seatNo: string;
  readonly price: Points;
  readonly status: SeatStatus;
  readonly reservationId: number | undefined;
  readonly holdExpiresAt: Date | undefined;
  readonly version: number;
}

/** Seats. Every write is one conditional statement, and its count of rows decides. */
export interface SeatStore {
  /**
   * Takes the seats that are AVAILABLE or held past their expiry, by the database's clock.
   * @param seatIds sorted ascending, so that all transactions lock seats in one order
   * @param holdMs how long the hold lives
   * @returns how many were taken; unless it is all of them, the caller must roll back
   */
  hold(tx: Tx, seatIds: readonly number[], reservationId: number, holdMs: number): Promise<number>;
  /** The seats that `hold` took, by seat id. */
  taken(tx: Tx, seatIds: readonly number[]): Promise<readonly TakenSeat[]>;
  /** HELD to SOLD for each seat that has the hold's version. @returns how many */
  confirm(tx: Tx, reservationId: number): Promise<number>;
  /**
   * HELD or SOLD to AVAILABLE for each seat that this reservation has, by version. @returns how
   * many
   */
  release(tx: Tx, reservationId: number, from: "HELD" | "SOLD"): Promise<number>;
  find(tx: TxOrNone, seatIds: readonly number[]): Promise<readonly SeatRow[]>;
  ofPerformance(tx: TxOrNone, performanceId: number): Promise<readonly SeatRow[]>;
}
