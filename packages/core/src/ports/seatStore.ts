import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export type SeatStatus = "AVAILABLE" | "HELD" | "SOLD";

/** A seat that this transaction has held. Its row is locked until the transaction ends. */
export interface TakenSeat {
  readonly id: number;
  readonly seatNo: string;
  readonly price: Points;
  readonly performanceId: number;
  readonly queueId: string;
  readonly performanceStartsAt: Date;
  readonly saleOpensAt: Date | undefined;
  readonly saleClosesAt: Date | undefined;
  /** Whether the sale of the performance is open now, by the database's clock. */
  readonly sale: "ahead" | "open" | "over";
  /** The number of this hold of the seat. Confirm, cancel and expire compare it in their WHERE. */
  readonly version: number;
  readonly holdExpiresAt: Date;
  /**
   * The expired reservation that held the seat until now. The caller must expire it in this
   * transaction.
   */
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

/**
 * Seats. Each write is one conditional statement. The number of changed rows decides who wins a
 * race.
 */
export interface SeatStore {
  /**
   * Holds the seats that are AVAILABLE or whose hold has expired by the database's clock.
   * @param seatIds sorted ascending, so that all transactions lock seats in the same order
   * @param holdMs duration of the hold
   * @returns the number of seats that were held. When it is less than the number of `seatIds`, the
   *   caller must roll back
   */
  hold(tx: Tx, seatIds: readonly number[], reservationId: number, holdMs: number): Promise<number>;
  /** Returns the seats that `hold` took in this transaction, ordered by seat id. */
  taken(tx: Tx, seatIds: readonly number[]): Promise<readonly TakenSeat[]>;
  /** Changes HELD to SOLD where the hold's version matches. @returns the number of seats */
  confirm(tx: Tx, reservationId: number): Promise<number>;
  /**
   * Changes HELD or SOLD to AVAILABLE for the seats of this reservation where the version matches.
   * @returns the number of seats
   */
  release(tx: Tx, reservationId: number, from: "HELD" | "SOLD"): Promise<number>;
  find(tx: TxOrNone, seatIds: readonly number[]): Promise<readonly SeatRow[]>;
  ofPerformance(tx: TxOrNone, performanceId: number): Promise<readonly SeatRow[]>;
}
