import { NOTIFIED_AGGREGATES, NOTIFIER } from "../notification/notifier.ts";
import type { InvariantSnapshot, Pages } from "../ports/invariantReader.ts";
import type { CheckContext, Checker } from "./checker.ts";
import { forEachKey, forEachRow, KeyedRows } from "./forEachKey.ts";

/*
 * The walks over a snapshot. Each walk collects the rows of one key (a seat, a reservation, a
 * payment, a user, a message, …) and passes them to every checker that takes such facts. A walk
 * that no checker needs is skipped.
 */

type Walk = (snapshot: InvariantSnapshot, checkers: readonly Checker[]) => Promise<void>;

/** Passes the whole snapshot to the checkers. */
export async function walkSnapshot(
  snapshot: InvariantSnapshot,
  checkers: readonly Checker[],
  { drained }: Pick<CheckContext, "drained">,
): Promise<void> {
  // The walks run one after the other, so that the check puts little load on the database during a
  // sale.
  for (const walk of WALKS) await walk(snapshot, checkers);
  await walkEffects(snapshot, checkers, drained);
}

/** Returns the checkers that have the method for these facts. */
function takers<Take extends keyof Checker>(
  checkers: readonly Checker[],
  take: Take,
): NonNullable<Checker[Take]>[] {
  return checkers.flatMap((checker) => checker[take] ?? []);
}

const walkSeats: Walk = async (snapshot, checkers) => {
  const takeSeat = takers(checkers, "takeSeat");
  if (takeSeat.length === 0) return;
  const seats = new KeyedRows(snapshot.seats(), (row) => row.id);
  const links = new KeyedRows(snapshot.seatLinks(), (row) => row.seatId);
  await forEachKey([seats, links], (seatId) => {
    const facts = { seatId, seat: seats.take(seatId)[0], links: links.take(seatId) };
    for (const take of takeSeat) take(facts);
  });
};

const walkReservations: Walk = async (snapshot, checkers) => {
  const takeReservation = takers(checkers, "takeReservation");
  if (takeReservation.length === 0) return;
  const reservations = new KeyedRows(snapshot.reservations(), (row) => row.id);
  const seats = new KeyedRows(snapshot.reservationSeats(), (row) => row.reservationId);
  const payments = new KeyedRows(snapshot.payments("reservationId"), (row) => row.reservationId);
  const { messages, publications } = messagesOf(snapshot, "reservation");
  await forEachKey([reservations, seats, payments, messages, publications], (reservationId) => {
    const facts = {
      reservationId,
      reservation: reservations.take(reservationId)[0],
      seats: seats.take(reservationId),
      payment: payments.take(reservationId)[0],
      messages: messages.take(reservationId),
      publications: publications.take(reservationId),
    };
    for (const take of takeReservation) take(facts);
  });
};

const walkPayments: Walk = async (snapshot, checkers) => {
  const takePayment = takers(checkers, "takePayment");
  if (takePayment.length === 0) return;
  const payments = new KeyedRows(snapshot.payments("id"), (row) => row.id);
  const { messages, publications } = messagesOf(snapshot, "payment");
  await forEachKey([payments, messages, publications], (paymentId) => {
    const facts = {
      paymentId,
      payment: payments.take(paymentId)[0],
      messages: messages.take(paymentId),
      publications: publications.take(paymentId),
    };
    for (const take of takePayment) take(facts);
  });
};

const walkAccounts: Walk = async (snapshot, checkers) => {
  const takeAccount = takers(checkers, "takeAccount");
  if (takeAccount.length === 0) return;
  const ofUser = <Row extends { readonly userId: number }>(pages: Pages<Row>) =>
    new KeyedRows(pages, (row) => row.userId);
  const accounts = ofUser(snapshot.accounts());
  const entries = ofUser(snapshot.entries());
  const payments = ofUser(snapshot.payments("userId"));
  const reservations = ofUser(snapshot.ownedReservations());
  const answers = ofUser(snapshot.answers());
  const { messages, publications } = messagesOf(snapshot, "point-account");
  const tables = [accounts, entries, payments, reservations, answers, messages, publications];
  await forEachKey(tables, (userId) => {
    const facts = {
      userId,
      account: accounts.take(userId)[0],
      entries: entries.take(userId),
      payments: payments.take(userId),
      reservations: reservations.take(userId),
      answers: answers.take(userId),
      messages: messages.take(userId),
      publications: publications.take(userId),
    };
    for (const take of takeAccount) take(facts);
  });
};

/** The aggregate types that the walks above cover. */
const KNOWN_TYPES: readonly string[] = ["reservation", "payment", "point-account"];

const walkUnknownAggregates: Walk = async (snapshot, checkers) => {
  const takeUnknown = takers(checkers, "takeUnknownAggregate");
  if (takeUnknown.length === 0) return;
  for (const aggregateType of await snapshot.aggregateTypes()) {
    if (KNOWN_TYPES.includes(aggregateType)) continue;
    const { messages, publications } = messagesOf(snapshot, aggregateType);
    await forEachKey([messages, publications], (aggregateId) => {
      const facts = {
        aggregateType,
        aggregateId,
        messages: messages.take(aggregateId),
        publications: publications.take(aggregateId),
      };
      for (const take of takeUnknown) take(facts);
    });
  }
};

const walkUnpublished: Walk = async (snapshot, checkers) => {
  const takeUnpublished = takers(checkers, "takeUnpublished");
  if (takeUnpublished.length === 0) return;
  await forEachRow(snapshot.unpublishedMessages(), (message) => {
    for (const take of takeUnpublished) take(message);
  });
};

const walkAdmissions: Walk = async (snapshot, checkers) => {
  const takeAdmission = takers(checkers, "takeAdmission");
  if (takeAdmission.length === 0) return;
  for (const queue of await snapshot.queues()) {
    for (const take of takers(checkers, "takeQueue")) take(queue);
    await forEachRow(snapshot.admissions(queue.id), (admission) => {
      for (const take of takeAdmission) take(admission);
    });
  }
};

async function walkEffects(
  snapshot: InvariantSnapshot,
  checkers: readonly Checker[],
  drained: boolean,
): Promise<void> {
  const takeEffect = takers(checkers, "takeEffect");
  if (takeEffect.length === 0) return;
  const ofMessage = <Row extends { readonly messageId: string }>(pages: Pages<Row>) =>
    new KeyedRows(pages, (row) => row.messageId);
  const notifications = ofMessage(snapshot.notifications());
  const inbox = ofMessage(snapshot.inbox(NOTIFIER));
  const published = ofMessage(drained ? snapshot.publishedMessages(NOTIFIED_AGGREGATES) : none());
  await forEachKey([notifications, inbox, published], (messageId) => {
    const facts = {
      messageId,
      notifications: notifications.take(messageId),
      inbox: inbox.take(messageId)[0],
      published: published.take(messageId)[0],
    };
    for (const take of takeEffect) take(facts);
  });
}

function messagesOf(snapshot: InvariantSnapshot, aggregateType: string) {
  return {
    messages: new KeyedRows(snapshot.messages(aggregateType), (row) => row.aggregateId),
    publications: new KeyedRows(snapshot.publications(aggregateType), (row) => row.aggregateId),
  };
}

async function* none(): Pages<never> {}

const WALKS: readonly Walk[] = [
  walkSeats,
  walkReservations,
  walkPayments,
  walkAccounts,
  walkUnknownAggregates,
  walkUnpublished,
  walkAdmissions,
];
