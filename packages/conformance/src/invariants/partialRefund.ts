import { CONTENT_RULES, MESSAGE_RULES, PAYMENT_RULES, SEAT_RULES } from "@onsale/core/testing";
import type { Corruption, HistoryEditor } from "./corruption.ts";
import { ANN, CAPTURED, CONFIRMED, PRICE } from "./historyFacts.ts";
import type { HistoryRow } from "./historyRows.ts";

/** The seat of the confirmed reservation that is refunded alone. */
const SEAT = 6;
/** The versions of the reservation, of the payment and of Ann's account after the refund. */
const VERSIONS = { reservation: 3, payment: 2, "point-account": 5 } as const;

const REFUNDED_SEAT = { reservationId: CONFIRMED, seatId: SEAT } as const;
const LAST_OF_PAYMENT = {
  aggregateType: "payment",
  aggregateId: CAPTURED,
  aggregateVersion: VERSIONS.payment,
} as const;
const LAST_OF_RESERVATION = {
  aggregateType: "reservation",
  aggregateId: CONFIRMED,
  aggregateVersion: VERSIONS.reservation,
} as const;

/** Refunds one of the two seats of the confirmed reservation, at the end of the history. */
export function refundOneSeat(editor: HistoryEditor): void {
  const { update, copy, nowUs } = editor;
  const { reservation: version } = VERSIONS;
  update("reservations", { id: CONFIRMED }, { amount: PRICE, version, updatedAtUs: nowUs });
  const released = { live: null, releasedVersion: version, releasedAtUs: nowUs };
  update("reservationSeats", REFUNDED_SEAT, released);
  update("seats", { id: SEAT }, { status: "AVAILABLE", reservationId: null, version: 2 });
  update("payments", { id: CAPTURED }, { partlyRefunded: PRICE, version: VERSIONS.payment });
  copy(
    "pointEntries",
    { kind: "REFUND" },
    {
      ...{ id: 6, balanceAfter: 99_000, accountVersion: VERSIONS["point-account"] },
      ...{ entryKey: "entry-6", reservationId: CONFIRMED, createdAtUs: nowUs },
    },
  );
  const account = { balance: 99_000, version: VERSIONS["point-account"] };
  update("pointAccounts", { userId: ANN }, account);
  const ids = { reservationId: CONFIRMED, userId: ANN };
  addMessage(editor, 101, ["reservation", CONFIRMED], "reservation.partly-refunded", {
    ...{ ...ids, performanceId: 11, amount: PRICE },
    ...{ seatIds: [2], releasedSeatIds: [SEAT] },
  });
  addMessage(editor, 102, ["payment", CAPTURED], "payment.partly-refunded", {
    ...{ ...ids, paymentId: CAPTURED, amount: 2 * PRICE, refundedAmount: PRICE },
  });
  addMessage(editor, 103, ["point-account", ANN], "point-account.refunded", {
    ...{ userId: ANN, amount: PRICE, balanceAfter: 99_000 },
  });
}

/** Adds the message of the next version of an aggregate, published and applied like the first. */
function addMessage(
  { copy, rows, nowUs }: HistoryEditor,
  id: number,
  [aggregateType, aggregateId]: readonly [keyof typeof VERSIONS, number],
  type: HistoryRow["outboxMessages"]["type"],
  payload: object,
): void {
  const of = { aggregateType, aggregateId, aggregateVersion: 1 };
  const first = rows().outboxMessages.find(
    (one) =>
      one.aggregateType === aggregateType &&
      one.aggregateId === aggregateId &&
      one.aggregateVersion === 1,
  );
  if (!first) throw new Error("the aggregate has no first message");
  const { messageId: before } = first;
  const messageId = `message-${id}`;
  const aggregateVersion = VERSIONS[aggregateType];
  const times = { createdAtUs: nowUs, publishedAtUs: nowUs };
  const own = { id, messageId, aggregateVersion };
  copy("outboxMessages", of, { ...own, ...times, type, payload: JSON.stringify(payload) });
  copy("outboxPublications", of, { ...own, publishedAtUs: nowUs });
  copy("inboxMessages", { messageId: before }, { messageId });
  copy("notifications", { messageId: before }, { id, messageId });
}

/** Makes a corruption of the history with the partial refund. */
function corruption(
  of: Pick<Corruption, "breaks" | "what" | "foundBy">,
  damage: Corruption["plant"],
): Corruption {
  return {
    ...of,
    plant(editor) {
      refundOneSeat(editor);
      damage(editor);
    },
  };
}

/** Corruptions of a reservation that has given back a part of its seats. */
export const PARTIAL_CORRUPTIONS: readonly Corruption[] = [
  corruption(
    {
      ...{ breaks: "I1", foundBy: SEAT_RULES.liveFlag },
      what: "a live link to a seat that was given back alone",
    },
    ({ update }) => update("reservationSeats", REFUNDED_SEAT, { live: 1 }),
  ),
  corruption(
    {
      ...{ breaks: "I4", foundBy: PAYMENT_RULES.prices },
      what: "the whole price of a reservation that gave back a part",
    },
    ({ update }) => update("reservations", { id: CONFIRMED }, { amount: 2 * PRICE }),
  ),
  corruption(
    {
      ...{ breaks: "I4", foundBy: PAYMENT_RULES.refund },
      what: "a partial refund that the payment does not count",
    },
    ({ update }) => update("payments", { id: CAPTURED }, { partlyRefunded: 0 }),
  ),
  corruption(
    {
      ...{ breaks: "I4", foundBy: PAYMENT_RULES.refund },
      what: "a partial refund that the ledger lacks",
    },
    ({ remove }) => remove("pointEntries", { kind: "REFUND", reservationId: CONFIRMED }),
  ),
  corruption(
    {
      ...{ breaks: "I5", foundBy: MESSAGE_RULES.version },
      what: "a partial refund that the version of the reservation does not count",
    },
    ({ update }) => update("reservations", { id: CONFIRMED }, { version: 2 }),
  ),
  corruption(
    {
      ...{ breaks: "I5", foundBy: MESSAGE_RULES.version },
      what: "a partial refund that the version of the payment does not count",
    },
    ({ update }) => update("payments", { id: CAPTURED }, { version: 1 }),
  ),
  corruption(
    {
      ...{ breaks: "I5", foundBy: CONTENT_RULES.transitionType },
      what: "a partial refund with the type of a partial cancellation",
    },
    ({ update }) =>
      update("outboxMessages", LAST_OF_RESERVATION, { type: "reservation.partly-cancelled" }),
  ),
  corruption(
    {
      ...{ breaks: "I5", foundBy: CONTENT_RULES.payloadValues },
      what: "all seats in the payload of a partial refund",
    },
    ({ update }) => {
      const ids = { reservationId: CONFIRMED, userId: ANN, performanceId: 11 };
      const payload = JSON.stringify({ ...ids, amount: 2 * PRICE, seatIds: [2, SEAT] });
      update("outboxMessages", LAST_OF_RESERVATION, { payload });
    },
  ),
  ...[PRICE + 1, 0, undefined].map((refundedAmount) =>
    corruption(
      {
        ...{ breaks: "I5", foundBy: CONTENT_RULES.payloadValues },
        what: `a partial refund whose message gives back ${refundedAmount ?? "no amount"}`,
      },
      ({ update }) => {
        const ids = { paymentId: CAPTURED, reservationId: CONFIRMED, userId: ANN };
        const payload = JSON.stringify({ ...ids, amount: 2 * PRICE, refundedAmount });
        update("outboxMessages", LAST_OF_PAYMENT, { payload });
      },
    ),
  ),
];
