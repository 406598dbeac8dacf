import type { EventOf } from "../events/eventCatalog.ts";
import { type ConsumingCore, consumeEvents, type ReadMessage } from "../outbox/consumeEvents.ts";
import { parseEnvelope, readEvent } from "../outbox/envelope.ts";
import type { RunningConsumer } from "../ports/consumer.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { ReservationStatus } from "../ports/reservationStore.ts";
import type { ReservationSale } from "../ports/salesStore.ts";
import { countSale, countSales } from "./countSale.ts";
import { PROJECTED_AGGREGATES, SALES_PROJECTION, saleOf } from "./salesProjection.ts";

/** The state of a reservation after each event. */
const STATUS_AFTER: Readonly<Record<EventOf<"reservation">["type"], ReservationStatus>> = {
  "reservation.held": "PENDING",
  "reservation.confirmed": "CONFIRMED",
  "reservation.cancelled": "CANCELLED",
  "reservation.expired": "EXPIRED",
  "reservation.refunded": "REFUNDED",
  "reservation.partly-cancelled": "PENDING",
  "reservation.partly-refunded": "CONFIRMED",
};

/** Runs the consumer that keeps the sales projection. */
export function projectSales(
  core: ConsumingCore & Pick<CoreContext, "sales">,
): Promise<RunningConsumer> {
  return consumeEvents(core, {
    consumer: SALES_PROJECTION,
    aggregates: PROJECTED_AGGREGATES,
    read: readSale,
    async apply(tx, sale) {
      await countSale(core, tx, sale);
    },
    applyAll: (tx, sales) => countSales(core, tx, sales),
  });
}

/** Reads from an event what the reservation adds to the sales. */
export function readSale(value: string): ReadMessage<ReservationSale> {
  const read = parseEnvelope(value);
  if ("problem" in read) return read;
  const known = readEvent(read.envelope);
  if ("problem" in known) return known;
  const { event } = known;
  if (event.aggregateType !== "reservation") {
    return { problem: `the sales projection does not count ${event.type}` };
  }
  const { type, aggregateVersion: version, payload } = event;
  const { reservationId, performanceId, amount, seatIds } = payload;
  const status = STATUS_AFTER[type];
  return {
    messageId: read.envelope.messageId,
    effect: saleOf({
      ...{ reservationId, performanceId, version, status, amount },
      seats: seatIds.length,
    }),
  };
}
