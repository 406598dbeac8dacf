import type { Points } from "../shared/points.ts";
import type { ReservationStatus } from "./reservationStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/** The seats of a reservation, or of a performance. */
export interface SaleFigures {
  /** Number of seats of holds that have not ended. */
  readonly held: number;
  /** Number of seats of confirmed reservations. */
  readonly sold: number;
  /** Sum of the prices of the sold seats. */
  readonly revenue: Points;
}

/** The figures that one reservation adds to the figures of its performance. */
export interface ReservationSale extends SaleFigures {
  readonly reservationId: number;
  readonly performanceId: number;
  /** The reservation's version that the figures belong to. */
  readonly version: number;
}

/** A reservation as it is. */
export interface ActualReservation {
  readonly reservationId: number;
  readonly performanceId: number;
  readonly version: number;
  readonly status: ReservationStatus;
  readonly amount: Points;
  /** Number of its seats. */
  readonly seats: number;
}

export interface PerformanceSale extends SaleFigures {
  readonly performanceId: number;
}

/** The figures of a performance, with its names for people. */
export interface ShownSale extends PerformanceSale {
  readonly title: string;
  readonly startsAt: Date;
}

/** The stored figures of a performance beside the sum of its reservations. */
export interface ComparedSale extends PerformanceSale {
  readonly summed: SaleFigures;
}

/** The ids `after < id <= upTo`. */
export interface IdRange {
  readonly after: number;
  readonly upTo: number;
}

export interface NextRange extends IdRange {
  /** True when the range has no end, because no further reservation is known. */
  readonly isLast: boolean;
}

/** The message of a reservation's version that the consumer has not applied yet. */
export interface ComingMessage {
  readonly reservationId: number;
  readonly version: number;
  /** The time since its latest publication, ms; undefined while it waits for a publication. */
  readonly publishedAgoMs: number | undefined;
}

/** Stores the sales projection; `sales/salesProjection.ts` explains it. */
export interface SalesStore {
  /**
   * Locks the counted figures of these reservations, until the end of the transaction.
   * @returns those that exist, in the order of their ids
   */
  lock(tx: Tx, reservationIds: readonly number[]): Promise<readonly ReservationSale[]>;
  /** Locks the counted figures of all reservations of the range, in the order of their ids. */
  lockRange(tx: Tx, range: IdRange): Promise<readonly ReservationSale[]>;
  /** @returns the number of stored rows; a row that another transaction stored first stays */
  insert(tx: Tx, sales: readonly ReservationSale[]): Promise<number>;
  /** Replaces a row of a lower version. @returns false when there is no such row */
  advance(tx: Tx, sale: ReservationSale): Promise<boolean>;
  remove(tx: Tx, reservationIds: readonly number[]): Promise<void>;
  /** Adds figures, which may be negative, to those of the performance. */
  add(tx: Tx, change: PerformanceSale): Promise<void>;
  /** The range of the next `max` reservations. */
  nextRange(tx: TxOrNone, after: number, max: number): Promise<NextRange>;
  /** The highest id of a reservation; 0 when there is none. */
  lastReservationId(tx: TxOrNone): Promise<number>;
  /** The reservations of the range, in the order of their ids. */
  actual(tx: TxOrNone, range: IdRange): Promise<readonly ActualReservation[]>;
  /** The counted figures of reservations, in the order of their ids. */
  counted(tx: TxOrNone, range: IdRange): Promise<readonly ReservationSale[]>;
  /**
   * The messages of these reservations that the consumer may still get: they are not published, or
   * published and not applied. A discarded message never comes.
   */
  comingMessages(
    tx: TxOrNone,
    consumer: string,
    reservationIds: readonly number[],
  ): Promise<readonly ComingMessage[]>;
  /** The ids of the next performances after this one. */
  nextPerformanceIds(tx: TxOrNone, after: number, max: number): Promise<readonly number[]>;
  /** Locks the figures of a performance, so that they and their sum stay as they are. */
  lockTotals(tx: Tx, performanceId: number): Promise<ComparedSale>;
  setTotals(tx: Tx, sale: PerformanceSale): Promise<void>;
  /** The performances of the range whose stored figures are not the sum of their reservations. */
  different(tx: TxOrNone, range: IdRange): Promise<readonly ComparedSale[]>;
  /** The stored figures, in the order of the performances. */
  list(tx: TxOrNone, after: number, max: number): Promise<readonly ShownSale[]>;
}
