import { AssertionError } from "node:assert/strict";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "../notification/notifier.ts";
import type { InvariantSnapshot, Pages, PublishedRow } from "../ports/invariantReader.ts";
import type { CheckContext, FactsByTake, Take } from "./checker.ts";
import type { CheckerRun } from "./checkerRun.ts";
import { forEachKey, forEachRow, KeyedRows } from "./forEachKey.ts";

/*
 * The walks over a snapshot. Each walk collects the rows of one key (a seat, a reservation, a
 * payment, a user, a message, …) and passes them to every checker that takes such facts. A walk
 * that no checker needs is skipped. When the rows of a
 * walk are out of order, the check goes on: the invariants that need this walk get a violation.
 */

type Walk = (snapshot: InvariantSnapshot, runs: readonly CheckerRun[]) => Promise<void>;

/** Passes the whole snapshot to the checkers. */
export async function walkSnapshot(
  snapshot: InvariantSnapshot,
  runs: readonly CheckerRun[],
  { drained }: Pick<CheckContext, "drained">,
): Promise<void> {
  const walks: Readonly<Record<string, readonly [Take, Walk]>> = {
    ...WALKS,
    effects: ["takeEffect", drained ? walkDrainedEffects : walkEffects],
  };
  // The walks run one after the other, so that the check puts little load on the database during a
  // sale.
  for (const [name, [take, walk]] of Object.entries(walks)) {
    const taking = runs.filter((run) => run.takes(take));
    if (taking.length === 0) continue;
    try {
      await walk(snapshot, taking);
    } catch (error) {
      // An assertion is about the rows. Any other error is about the database, and ends the check.
      if (!(error instanceof AssertionError)) throw error;
      for (const run of taking) run.fail(`the walk over ${name}`, error);
    }
  }
}

/** Passes facts of one kind to every checker that takes this kind. */
function toAll<T extends Take>(
  runs: readonly CheckerRun[],
  take: T,
): (facts: FactsByTake[T]) => void {
  const takers = runs.filter((run) => run.takes(take)).map((run) => run.taker(take));
  return (facts) => {
    for (const taker of takers) taker(facts);
  };
}

const walkSeats: Walk = async (snapshot, runs) => {
  const takeSeat = toAll(runs, "takeSeat");
  const seats = new KeyedRows(snapshot.seats(), (row) => row.id);
  const links = new KeyedRows(snapshot.seatLinks(), (row) => row.seatId);
  await forEachKey([seats, links], (seatId) => {
    const facts = { seatId, seat: seats.take(seatId)[0], links: links.take(seatId) };
    takeSeat(facts);
  });
};

const walkReservations: Walk = async (snapshot, runs) => {
  const takeReservation = toAll(runs, "takeReservation");
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
    takeReservation(facts);
  });
};

const walkPayments: Walk = async (snapshot, runs) => {
  const takePayment = toAll(runs, "takePayment");
  const payments = new KeyedRows(snapshot.payments("id"), (row) => row.id);
  const { messages, publications } = messagesOf(snapshot, "payment");
  await forEachKey([payments, messages, publications], (paymentId) => {
    const facts = {
      paymentId,
      payment: payments.take(paymentId)[0],
      messages: messages.take(paymentId),
      publications: publications.take(paymentId),
    };
    takePayment(facts);
  });
};

const walkAccounts: Walk = async (snapshot, runs) => {
  const takeAccount = toAll(runs, "takeAccount");
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
    takeAccount(facts);
  });
};

/** The aggregate types that the walks above cover. */
const KNOWN_TYPES: readonly string[] = ["reservation", "payment", "point-account"];

const walkUnknownAggregates: Walk = async (snapshot, runs) => {
  const takeUnknown = toAll(runs, "takeUnknownAggregate");
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
      takeUnknown(facts);
    });
  }
};

const walkUnpublished: Walk = async (snapshot, runs) => {
  const takeUnpublished = toAll(runs, "takeUnpublished");
  await forEachRow(snapshot.unpublishedMessages(), takeUnpublished);
};

const walkAdmissions: Walk = async (snapshot, runs) => {
  const takeAdmission = toAll(runs, "takeAdmission");
  const takeQueue = toAll(runs, "takeQueue");
  for (const queue of await snapshot.queues()) {
    takeQueue(queue);
    await forEachRow(snapshot.admissions(queue.id), takeAdmission);
  }
};

async function walkEffectsOf(
  snapshot: InvariantSnapshot,
  runs: readonly CheckerRun[],
  publishedPages: Pages<PublishedRow>,
): Promise<void> {
  const takeEffect = toAll(runs, "takeEffect");
  const ofMessage = <Row extends { readonly messageId: string }>(pages: Pages<Row>) =>
    new KeyedRows(pages, (row) => row.messageId);
  const notifications = ofMessage(snapshot.notifications());
  const inbox = ofMessage(snapshot.inbox(NOTIFIER));
  const published = ofMessage(publishedPages);
  await forEachKey([notifications, inbox, published], (messageId) => {
    const facts = {
      messageId,
      notifications: notifications.take(messageId),
      inbox: inbox.take(messageId)[0],
      published: published.take(messageId)[0],
    };
    takeEffect(facts);
  });
}

function messagesOf(snapshot: InvariantSnapshot, aggregateType: string) {
  return {
    messages: new KeyedRows(snapshot.messages(aggregateType), (row) => row.aggregateId),
    publications: new KeyedRows(snapshot.publications(aggregateType), (row) => row.aggregateId),
  };
}

async function* none(): Pages<never> {}

const walkEffects: Walk = (snapshot, runs) => walkEffectsOf(snapshot, runs, none());

const walkDrainedEffects: Walk = (snapshot, runs) =>
  walkEffectsOf(snapshot, runs, snapshot.publishedMessages(NOTIFIED_AGGREGATES));

/**
 * Each walk by the name of what it walks over, with the facts that it passes on. Unpublished
 * messages come first: the discarded ones among them explain gaps in the publications of their
 * aggregates.
 */
const WALKS = {
  "unpublished messages": ["takeUnpublished", walkUnpublished],
  seats: ["takeSeat", walkSeats],
  reservations: ["takeReservation", walkReservations],
  payments: ["takePayment", walkPayments],
  "point accounts": ["takeAccount", walkAccounts],
  "unknown aggregates": ["takeUnknownAggregate", walkUnknownAggregates],
  admissions: ["takeAdmission", walkAdmissions],
} as const satisfies Readonly<Record<string, readonly [Take, Walk]>>;
