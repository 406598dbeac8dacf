import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface NewConcert {
  readonly title: string;
  readonly singer: string;
  /** The waiting room of the concert's buyers. */
  readonly queueId: string;
}

/** When seats of a performance can be held. A missing time means no limit. */
export interface SaleWindow {
  readonly saleOpensAt?: Date | undefined;
  /** Holds that were made before this time remain and can still be paid. */
  readonly saleClosesAt?: Date | undefined;
}

/** The parts of a performance that an operator can change. */
export interface PerformanceDetails extends SaleWindow {
  readonly startsAt: Date;
  readonly venue: string;
  /** The IANA name of the venue's time zone; UTC when missing. */
  readonly timeZone?: string | undefined;
  /**
   * How many seats a buyer may have, unpaid and paid together; a missing number means
   * `SEATS_PER_BUYER_MAX`.
   */
  readonly seatsPerBuyerMax?: number | undefined;
}

export interface NewPerformance extends PerformanceDetails {
  readonly concertId: number;
}

export interface NewSeat {
  /** The number on the ticket, unique within the performance: "A-12". */
  readonly seatNo: string;
  readonly section: string;
  /** The name of the row, as `seatNo` contains it. */
  readonly row?: string | undefined;
  readonly price: Points;
  /** Whether the seat is for guests who need an accessible one. Default: false. */
  readonly accessible?: boolean | undefined;
}

/** Counts of free seats, each seat in one of them. */
export interface SeatCounts {
  /** Seats that every buyer can hold. */
  readonly availableSeats: number;
  /** Seats that only a hold for a guest who needs an accessible seat can take. */
  readonly availableAccessibleSeats: number;
}

/** The counts are of performances that have not begun and whose sale has not ended. */
export interface ConcertSummary extends SeatCounts {
  readonly id: number;
  readonly title: string;
  readonly singer: string;
  readonly queueId: string;
  /** Start of the first and of the last performance; undefined when the concert has none. */
  readonly startsAt: Date | undefined;
  readonly endsAt: Date | undefined;
  /** The first and the last date of a performance at its venue, such as 2026-12-25. */
  readonly startDate: string | undefined;
  readonly endDate: string | undefined;
}

export interface ConcertFilter {
  /** The title must contain this text. The comparison ignores the case of letters. */
  readonly title?: string | undefined;
  readonly singer?: string | undefined;
  /**
   * The concert must have a performance at or after `from` and before `until`, by the time on the
   * wall of its venue: the UTC fields of both are those of the wall (see venueTime.ts).
   */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** The page starts after this concert id. */
  readonly afterId?: number | undefined;
  readonly limit: number;
}

export interface PerformancePlace {
  readonly id: number;
  readonly concertId: number;
  readonly queueId: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly venue: string;
  /** The IANA name of the venue's time zone. */
  readonly timeZone: string;
  /** The offset of this zone from UTC at the start, in minutes: -480 for 19:30-08:00. */
  readonly utcOffsetMinutes: number;
  readonly saleOpensAt: Date | undefined;
  readonly saleClosesAt: Date | undefined;
  /** How many seats a buyer may have; undefined for `SEATS_PER_BUYER_MAX`. */
  readonly seatsPerBuyerMax: number | undefined;
}

/** The counts are 0 after the start of the performance and after the end of its sale. */
export interface PerformanceSummary extends PerformancePlace, SeatCounts {}

/** The parts of a seat that never change. */
export interface ListedSeat {
  readonly id: number;
  readonly seatNo: string;
  readonly section: string;
  /** undefined for a seat that was made before rows were stored. */
  readonly row: string | undefined;
  readonly price: Points;
  /** Only a hold that asks for accessible seats gets it. */
  readonly accessible: boolean;
}

/** Concerts, their performances, and the seats that a buyer can see. */
export interface CatalogStore {
  insertConcert(tx: Tx, concert: NewConcert): Promise<number>;
  insertPerformance(tx: Tx, performance: NewPerformance): Promise<number>;
  /** Replaces title and singer. @returns false when the concert does not exist */
  updateConcert(
    tx: Tx,
    concertId: number,
    texts: Pick<NewConcert, "title" | "singer">,
  ): Promise<boolean>;
  /** Replaces the details. @returns false when the performance does not exist */
  updatePerformance(tx: Tx, performanceId: number, details: PerformanceDetails): Promise<boolean>;
  /**
   * Locks the performance until the transaction ends, and returns it. A transaction that changes
   * some of the details calls this first, because `updatePerformance` replaces all of them.
   */
  lockPerformance(tx: Tx, performanceId: number): Promise<PerformancePlace | undefined>;
  /**
   * Closes the sale now, by the database's clock, unless it has closed before.
   * @returns false when the sale had closed, or the performance does not exist
   */
  closeSale(tx: Tx, performanceId: number): Promise<boolean>;
  /** @throws TwinSeatsError when two seat numbers are equal by the collation of MySQL */
  insertSeats(tx: Tx, performanceId: number, seats: readonly NewSeat[]): Promise<void>;
  listConcerts(tx: TxOrNone, filter: ConcertFilter): Promise<readonly ConcertSummary[]>;
  findConcert(tx: TxOrNone, concertId: number): Promise<ConcertSummary | undefined>;
  performancesOf(tx: TxOrNone, concertId: number): Promise<readonly PerformanceSummary[]>;
  /** Returns the performance without counts, because counting seats is expensive. */
  findPerformance(tx: TxOrNone, performanceId: number): Promise<PerformancePlace | undefined>;
  /** Returns all seats of the performance, free or not, ordered by seat id. */
  seatsOf(tx: TxOrNone, performanceId: number): Promise<readonly ListedSeat[]>;
  /**
   * Returns the ids of the free seats, in order. A seat is free when it is AVAILABLE, or HELD by a
   * hold that has expired. After the start of the performance, and after the end of its sale by the
   * database's clock, no seat is free.
   */
  freeSeatIds(tx: TxOrNone, performanceId: number): Promise<readonly number[]>;
}
