import {
  HoldExpiredError,
  type OnsaleEvent,
  type Reservation,
  ReservationNotFoundError,
  type Tx,
} from "@onsale/core";
import { REQUESTS, type RecordedStep, type SagaStep } from "./sagaJournal.ts";
import { appendEvents, type ServiceCore, type ServiceMessage } from "./serviceCore.ts";

/** The name of the reservation service's inbox. */
export const RESERVATION_INBOX = "reservation-service";

/**
 * The state of a reservation that a buyer sees. PAYING, REFUSED, REFUNDING and RETURNED exist only
 * because the payment is another service: PAYING waits for the answer, and RETURNED means that the
 * hold had ended and the points are back.
 */
export type BuyerState =
  | "HELD"
  | "PAYING"
  | "REFUSED"
  | "CONFIRMED"
  | "REFUNDING"
  | "RETURNED"
  | "ENDED";

/** The state of a payment that has been asked for, by the last step of its saga. */
const STATES: Readonly<Record<Exclude<SagaStep, "payment.refused">, BuyerState>> = {
  "payment.requested": "PAYING",
  "refund.requested": "REFUNDING",
  "refund.finished": "RETURNED",
};

/** Derives what the buyer sees from the reservation and the last step of its saga. */
export function buyerStateOf(
  { status }: Pick<Reservation, "status">,
  last: RecordedStep | undefined,
): BuyerState {
  if (status === "CONFIRMED") return "CONFIRMED";
  if (last && last.type !== "payment.refused") return STATES[last.type];
  if (status !== "PENDING") return "ENDED";
  return last ? "REFUSED" : "HELD";
}

interface BuyersReservation {
  readonly userId: number;
  readonly reservationId: number;
}

/**
 * Asks the payment service for the payment of a live hold. A repeated request changes nothing.
 * @returns what the buyer sees afterwards
 * @throws ReservationNotFoundError, HoldExpiredError
 */
export function requestPayment(
  { core, journal }: ServiceCore,
  { userId, reservationId }: BuyersReservation,
): Promise<BuyerState> {
  return core.withTransaction(async (tx): Promise<BuyerState> => {
    await journal.lock(tx, reservationId);
    const reservation = await core.reservations.find(tx, reservationId);
    if (reservation?.userId !== userId) throw new ReservationNotFoundError(reservationId);
    const last = await journal.last(tx, reservationId);
    const state = buyerStateOf(reservation, last);
    if (state !== "HELD" && state !== "REFUSED") return state;
    if (reservation.overdue) throw new HoldExpiredError(reservationId);
    const { amount } = reservation;
    await journal.append(core, tx, {
      ...{ aggregateType: REQUESTS, reservationId, type: "payment.requested" },
      version: (last?.version ?? 0) + 1,
      payload: { reservationId, userId, amount },
    });
    return "PAYING";
  });
}

/** Returns what the buyer sees. */
export async function paymentState(
  service: ServiceCore,
  { userId, reservationId }: BuyersReservation,
): Promise<BuyerState> {
  const { core, journal, faults } = service;
  const reservation = await core.reservations.find(null, reservationId);
  if (reservation?.userId !== userId) throw new ReservationNotFoundError(reservationId);
  const state = buyerStateOf(reservation, await journal.last(null, reservationId));
  if (!faults.refundsOnGuess || state !== "PAYING" || reservation.status === "PENDING") {
    return state;
  }
  return core.withTransaction(async (tx): Promise<BuyerState> => {
    await journal.lock(tx, reservationId);
    const last = await journal.last(tx, reservationId);
    if (last?.type === "payment.requested") await askForRefund(service, tx, reservationId);
    return "REFUNDING";
  });
}

/**
 * Applies one answer of the payment service. A repeated answer changes nothing.
 * @throws the errors of the ports; the message must then be delivered again
 */
export async function applyToReservations(service: ServiceCore, message: ServiceMessage) {
  const { core, faults } = service;
  const { messageId, payload } = message;
  const { reservationId } = payload;
  if (!isAnswer(message.type) || reservationId === undefined) return;
  const record = (tx: Tx) => core.inbox.record(tx, RESERVATION_INBOX, messageId);
  if (faults.recordsFirst && !(await core.withTransaction(record))) return;
  await core.withTransaction(async (tx) => {
    if (!faults.recordsFirst && !(await record(tx))) return;
    await service.journal.lock(tx, reservationId);
    await applyAnswer(service, tx, message.type, reservationId);
  });
}

const isAnswer = (type: string): boolean =>
  ["payment.captured", "payment.refused", "payment.refunded"].includes(type);

async function applyAnswer(
  service: ServiceCore,
  tx: Tx,
  type: string,
  reservationId: number,
): Promise<void> {
  const { core, journal } = service;
  if (type === "payment.captured") return settle(service, tx, reservationId);
  const last = await journal.last(tx, reservationId);
  await journal.append(core, tx, {
    ...{ aggregateType: REQUESTS, reservationId, version: (last?.version ?? 0) + 1 },
    type: type === "payment.refused" ? "payment.refused" : "refund.finished",
    payload: { reservationId },
  });
}

/** The points are spent: confirms the reservation, or compensates when the hold has ended. */
async function settle(service: ServiceCore, tx: Tx, reservationId: number): Promise<void> {
  const { core, journal, faults } = service;
  const reservation = await core.reservations.find(tx, reservationId);
  if (!reservation) throw new ReservationNotFoundError(reservationId);
  const { seats } = reservation;
  if (await core.reservations.confirm(tx, reservationId, reservation.version)) {
    await core.seats.confirm(tx, reservationId, seats.length);
  } else if (faults.revivesHold) {
    const seatIds = seats.map(({ seatId }) => seatId);
    await journal.confirmAnyway(tx, reservationId, seatIds);
  } else {
    const last = await journal.last(tx, reservationId);
    const isAsked = last?.type === "refund.requested";
    if (!faults.keepsLatePayment && !isAsked) await askForRefund(service, tx, reservationId);
    return;
  }
  await appendEvents(core, tx, [confirmedEventOf(reservation)]);
}

async function askForRefund(
  { core, journal }: ServiceCore,
  tx: Tx,
  reservationId: number,
): Promise<void> {
  const last = await journal.last(tx, reservationId);
  await journal.append(core, tx, {
    ...{ aggregateType: REQUESTS, reservationId, type: "refund.requested" },
    version: (last?.version ?? 0) + 1,
    payload: { reservationId },
  });
}

function confirmedEventOf(reservation: Reservation): OnsaleEvent {
  const { id, userId, performanceId, amount, seats, version } = reservation;
  const seatIds = seats.map(({ seatId }) => seatId);
  return {
    type: "reservation.confirmed",
    aggregateType: "reservation",
    aggregateId: id,
    aggregateVersion: version + 1,
    payload: { reservationId: id, userId, performanceId, amount, seatIds },
  };
}
