import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface NewConcert {
  readonly title: string;
  readonly singer: string;
  /** The waiting room in front of this concert. */
  readonly queueId: string;
}

export interface NewPerformance {
  readonly concertId: number;
  readonly startsAt: Date;
  readonly venue: string;
}

export interface NewSeat {
  /** What is printed on the ticket, unique within the performance: "A-12". */
  readonly seatNo: string;
  readonly section: string;
  readonly price: Points;
}

export interface ConcertSummary {
  readonly id: number;
  readonly title: string;
  readonly singer: string;
  readonly queueId: string;
  /** First and last performance; undefined before any is announced. */
  readonly startsAt: Date | undefined;
  readonly endsAt: Date | undefined;
  readonly availableSeats: number;
}

export interface ConcertFilter {
  /** Part of the title, any case. */
  readonly title?: string | undefined;
  readonly singer?: string | undefined;
  /** Concerts that have a performance at or after `from` and before `until`. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** Continue after this concert id. */
  readonly afterId?: number | undefined;
  readonly limit: number;
}

export interface PerformanceSummary {
  readonly id: number;
  readonly concertId: number;
  readonly queueId: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly venue: string;
  readonly availableSeats: number;
}

export interface AvailableSeat {
  readonly id: number;
  readonly seatNo: string;
  readonly price: Points;
}

/** Concerts, their performances, and the seats that a buyer can see. */
export interface CatalogStore {
  insertConcert(tx: Tx, concert: NewConcert): Promise<number>;
  insertPerformance(tx: Tx, performance: NewPerformance): Promise<number>;
  /** @throws TwinSeatsError when the database takes two numbers of the performance for one */
  insertSeats(tx: Tx, performanceId: number, seats: readonly NewSeat[]): Promise<void>;
  listConcerts(tx: TxOrNone, filter: ConcertFilter): Promise<readonly ConcertSummary[]>;
  findConcert(tx: TxOrNone, concertId: number): Promise<ConcertSummary | undefined>;
  performancesOf(tx: TxOrNone, concertId: number): Promise<readonly PerformanceSummary[]>;
  /** Cheap: never counts seats, so `availableSeats` is left out. */
  findPerformance(
    tx: TxOrNone,
    performanceId: number,
  ): Promise<Omit<PerformanceSummary, "availableSeats"> | undefined>;
  /** Seats that can be held now: AVAILABLE, or HELD past the hold's expiry; by seat id. */
  availableSeats(tx: TxOrNone, performanceId: number): Promise<readonly AvailableSeat[]>;
}
