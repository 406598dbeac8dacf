import type { AggregateType } from "../events/eventCatalog.ts";
import type { ReservationStatus } from "../ports/reservationStore.ts";
import type {
  ActualReservation,
  PerformanceSale,
  ReservationSale,
  SaleFigures,
} from "../ports/salesStore.ts";

/**
 * The sales projection: how many seats of each performance are held and sold, and for how much.
 *
 * The figures are read often and must not cost the sale anything. So a consumer of the events keeps
 * them, in its own tables; the workflows of a sale never write these tables.
 *
 * Two tables:
 *
 * - `sales_reservations` has what each reservation adds, and the version of the reservation that it
 *   comes from.
 * - `sales_performances` has the figures. It is the sum of the other table.
 *
 * Each event of a reservation has the whole state after the transition: the type says whether the
 * seats are held, sold or neither, the payload has the seats and the price. So an event replaces
 * what its reservation adds when its version is higher than the counted one, and the difference
 * goes to the figures of the performance, in one transaction with the inbox record. The result is
 * the same however the messages arrive:
 *
 * - A message arrives twice: the inbox refuses the second one. When the inbox no longer has the
 *   record, or an operator replayed the message under a new id, the version refuses it.
 * - Version 2 arrives before version 1: version 1 is older than the counted one and adds nothing.
 * - A message is never applied, because an operator discarded it, the consumer made a dead letter
 *   of it, or the broker lost it: the next event of the reservation corrects the figures. Without a
 *   next event, the figures stay wrong until a rebuild.
 * - Two consumers have messages of one reservation: the row lock lets them count one after the
 *   other.
 *
 * A consumer counts the messages of a moment together, in one transaction: during a rush, a COMMIT
 * for each message would cost the sale more than the figures are worth. When one of the messages
 * cannot be counted with the others, each gets a transaction of its own.
 *
 * `onsale sales rebuild` restores both tables from the reservations, not from the topic: the topic
 * keeps messages for a limited time only, and lacks those that were discarded. The rebuild runs
 * beside the consumer and the readers. It locks what is counted for some reservations, and then
 * reads the reservations themselves, so that their versions are never below the counted ones.
 * Messages that are still on their way are older than what the rebuild counted, and add nothing.
 * The figures are never emptied: each step corrects them by a difference.
 *
 * `checkSales` finds what the projection counts wrongly; `onsale doctor` and the worker's hourly
 * check report it.
 *
 * Not promised: figures of this moment. The projection is behind the sale by the time of the outbox
 * relay and of the consumer, usually less than a second. It never decides about a seat.
 */

/** The consumer of the projection: the name of its group, and of its inbox records. */
export const SALES_PROJECTION = "sales-projection";

/** The aggregate types whose events the projection counts. */
export const PROJECTED_AGGREGATES = ["reservation"] as const satisfies readonly AggregateType[];

/** Each state, with the figure that counts the seats. */
const COUNTS_AS: Readonly<Record<ReservationStatus, "held" | "sold" | "nothing">> = {
  PENDING: "held",
  CONFIRMED: "sold",
  CANCELLED: "nothing",
  EXPIRED: "nothing",
  REFUNDED: "nothing",
};

/** Returns what a reservation adds to the figures of its performance. */
export function saleOf(reservation: ActualReservation): ReservationSale {
  const { reservationId, performanceId, version, status, seats, amount } = reservation;
  const countsAs = COUNTS_AS[status];
  return {
    ...{ reservationId, performanceId, version },
    held: countsAs === "held" ? seats : 0,
    sold: countsAs === "sold" ? seats : 0,
    revenue: countsAs === "sold" ? amount : 0,
  };
}

/** The figures of a reservation before and after a change; undefined for none. */
export interface CountedChange {
  readonly before: ReservationSale | undefined;
  readonly after: ReservationSale | undefined;
}

/**
 * Returns what changes in the figures of each performance, in the order of their ids. All
 * transactions change performances in this order, so that they do not wait in a circle.
 */
export function figureChanges(changes: readonly CountedChange[]): readonly PerformanceSale[] {
  const sums = new Map<number, PerformanceSale>();
  const add = (sale: ReservationSale | undefined, sign: 1 | -1): void => {
    if (!sale) return;
    const { performanceId } = sale;
    const { held, sold, revenue } = sums.get(performanceId) ?? NOTHING;
    sums.set(performanceId, {
      performanceId,
      held: held + sign * sale.held,
      sold: sold + sign * sale.sold,
      revenue: revenue + sign * sale.revenue,
    });
  };
  for (const { before, after } of changes) {
    add(before, -1);
    add(after, 1);
  }
  return [...sums.values()]
    .filter((change) => !isSameSale(change, NOTHING))
    .toSorted((a, b) => a.performanceId - b.performanceId);
}

const NOTHING: SaleFigures = { held: 0, sold: 0, revenue: 0 };

/** Tests whether the figures are equal. */
export function isSameSale(a: SaleFigures, b: SaleFigures): boolean {
  return a.held === b.held && a.sold === b.sold && a.revenue === b.revenue;
}
