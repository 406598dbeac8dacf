import type { AggregateType } from "../events/eventCatalog.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { LedgerEntry } from "../ports/ledgerStore.ts";
import type { MessageRecord } from "../ports/outboxAdminStore.ts";
import type { Payment } from "../ports/paymentStore.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import type { SeatRow } from "../ports/seatStore.ts";
import { ReservationNotFoundError } from "../reservation/errors.ts";
import { hasStarted } from "../reservation/hasStarted.ts";
import { PaymentNotFoundError } from "./errors.ts";
import { spendKeyOf } from "./payReservation.ts";
import { refundKeyOf } from "./refundPayment.ts";
import { partialRefundKeyOf } from "./refundSeats.ts";

/**
 * A reservation has at most three transitions of the whole, a payment two, and each of their seats
 * but the last can be given back alone.
 */
const MESSAGES_MAX = 30;

/** The operation that an operator can run on a reservation or a payment now. */
export interface Possibility {
  /** The operation; undefined when none is possible. */
  readonly operation:
    | "reservation.release"
    | "reservation.expireOverdue"
    | "payment.refund"
    | undefined;
  /** One sentence: why this operation is possible, or why none is. */
  readonly why: string;
}

/** Everything that is stored of one sale: a reservation with its payment. */
export interface DescribedSale {
  readonly reservation: Reservation;
  /** The seats as they are now; another buyer can have them after the end of the reservation. */
  readonly seats: readonly SeatRow[];
  readonly payment: Payment | undefined;
  /** The ledger entries of the payment and of its refunds. */
  readonly entries: readonly LedgerEntry[];
  /** The messages of the reservation and of the payment, each in the order of its versions. */
  readonly messages: readonly MessageRecord[];
  readonly possible: Possibility;
}

/** @throws ReservationNotFoundError */
export async function describeReservation(
  core: CoreContext,
  reservationId: number,
): Promise<DescribedSale> {
  const reservation = await core.reservations.find(null, reservationId);
  if (!reservation) throw new ReservationNotFoundError(reservationId);
  const payment = await core.payments.findOfReservation(null, reservationId);
  const seatIds = reservation.seats.map(({ seatId }) => seatId);
  const keys = entryKeysOf(reservation);
  const [seats, entries, ofReservation, ofPayment] = await Promise.all([
    core.seats.find(null, seatIds),
    Promise.all(keys.map((key) => core.ledger.findEntry(null, key))),
    messagesOf(core, "reservation", reservationId),
    payment ? messagesOf(core, "payment", payment.id) : [],
  ]);
  return {
    ...{ reservation, seats, payment },
    entries: entries.flatMap((entry) => entry ?? []).toSorted((a, b) => a.id - b.id),
    messages: [...ofReservation, ...ofPayment],
    possible: possibilityOf(core, reservation, payment),
  };
}

/** The keys that ledger entries of a reservation can have. */
function entryKeysOf({ id, version }: Reservation): readonly string[] {
  const parts = Array.from({ length: version }, (_unused, at) => partialRefundKeyOf(id, at + 1));
  return [spendKeyOf(id), refundKeyOf(id), ...parts];
}

/** @throws PaymentNotFoundError, ReservationNotFoundError */
export async function describePayment(
  core: CoreContext,
  paymentId: number,
): Promise<DescribedSale> {
  const payment = await core.payments.find(null, paymentId);
  if (!payment) throw new PaymentNotFoundError(paymentId);
  return describeReservation(core, payment.reservationId);
}

/** The messages of one aggregate, in the order of its versions. */
async function messagesOf(
  core: CoreContext,
  aggregateType: AggregateType,
  aggregateId: number,
): Promise<readonly MessageRecord[]> {
  const none = { ids: undefined, type: undefined, since: undefined, until: undefined };
  const page = { state: undefined, beforeId: undefined, max: MESSAGES_MAX };
  const found = await core.outboxAdmin.list(null, { ...none, aggregateType, aggregateId }, page);
  return found.toSorted((a, b) => a.aggregateVersion - b.aggregateVersion);
}

function possibilityOf(
  core: CoreContext,
  reservation: Reservation,
  payment: Payment | undefined,
): Possibility {
  const { status, overdue } = reservation;
  if (status === "PENDING" && overdue) {
    const why = "The hold has expired and no reaper has ended it";
    return { operation: "reservation.expireOverdue", why };
  }
  if (status === "PENDING") {
    return { operation: "reservation.release", why: "The hold is unpaid and can be released" };
  }
  if (status !== "CONFIRMED") {
    return { operation: undefined, why: `${status} is final: nothing can change it` };
  }
  if (payment?.status !== "CAPTURED") {
    const why =
      "The reservation is CONFIRMED without a captured payment; doctor shows the broken invariant";
    return { operation: undefined, why };
  }
  if (hasStarted(core, reservation)) {
    return { operation: undefined, why: "The performance has begun: no refund is possible" };
  }
  return { operation: "payment.refund", why: "The reservation is paid; only a refund ends it" };
}
