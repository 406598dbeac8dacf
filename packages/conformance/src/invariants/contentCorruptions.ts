import type { AggregateType } from "@onsale/core";
import { CONTENT_RULES } from "@onsale/core/testing";
import type { Corruption, HistoryEditor } from "./corruption.ts";
import {
  ANN,
  BOB,
  CAPTURED,
  CONFIRMED,
  PAID_BACK,
  PENDING,
  PERFORMANCE,
  PRICE,
} from "./historyFacts.ts";
import { FIRST_OF_CONFIRMED } from "./messageRows.ts";
import { adjustBob } from "./operatorActs.ts";

/** The payload of a hold by Ann, with other values. */
function heldPayload(more: Readonly<Record<string, unknown>>): string {
  const facts = { reservationId: CONFIRMED, userId: ANN, performanceId: PERFORMANCE };
  return JSON.stringify({ ...facts, amount: 2 * PRICE, seatIds: [2, 6], ...more });
}

/** The message of the payment of the confirmed reservation. */
const MESSAGE_OF_CAPTURED = {
  aggregateType: "payment",
  aggregateId: CAPTURED,
  aggregateVersion: 1,
} as const;

/** The message of the ledger entry of this payment. */
const MESSAGE_OF_SPEND = {
  aggregateType: "point-account",
  aggregateId: ANN,
  aggregateVersion: 3,
} as const;

/** The message of the refund of a whole payment. */
const MESSAGE_OF_REFUND = {
  aggregateType: "payment",
  aggregateId: PAID_BACK,
  aggregateVersion: 2,
} as const;

/** Replaces values in the payload of a message. */
function setInPayload(
  { rows, update }: HistoryEditor,
  where: { aggregateType: AggregateType; aggregateId: number; aggregateVersion: number },
  values: Readonly<Record<string, unknown>>,
): void {
  const message = rows().outboxMessages.find(
    ({ aggregateType, aggregateId, aggregateVersion }) =>
      aggregateType === where.aggregateType &&
      aggregateId === where.aggregateId &&
      aggregateVersion === where.aggregateVersion,
  );
  if (!message) throw new Error("the history has no such message");
  const payload = JSON.stringify({ ...JSON.parse(message.payload), ...values });
  update("outboxMessages", where, { payload });
}

/** Corruptions of the types and payloads of messages. */
export const CONTENT_CORRUPTIONS: readonly Corruption[] = [
  {
    breaks: "I5",
    what: "a message of an unknown type",
    foundBy: CONTENT_RULES.type,
    plant: ({ update }) =>
      update("outboxMessages", FIRST_OF_CONFIRMED, { type: "reservation.reserved" }),
  },
  {
    breaks: "I5",
    what: "a message with the type of another aggregate",
    foundBy: CONTENT_RULES.type,
    plant: ({ update }) =>
      update("outboxMessages", FIRST_OF_CONFIRMED, { type: "payment.captured" }),
  },
  {
    breaks: "I5",
    what: "a payload that is not JSON",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => update("outboxMessages", FIRST_OF_CONFIRMED, { payload: "{" }),
  },
  {
    breaks: "I5",
    what: "a payload without a field of its type",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => {
      const payload = heldPayload({ seatIds: undefined });
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload });
    },
  },
  {
    breaks: "I5",
    what: "a payload whose field has a wrong value",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => {
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload: heldPayload({ amount: -1 }) });
    },
  },
  {
    breaks: "I5",
    what: "a payload that names another reservation",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      const payload = heldPayload({ reservationId: PENDING });
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload });
    },
  },
  {
    breaks: "I5",
    what: "a payload that names another buyer",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload: heldPayload({ userId: BOB }) });
    },
  },
  {
    breaks: "I5",
    what: "a payload of a payment that names another reservation",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => update("payments", { id: CAPTURED }, { reservationId: PENDING }),
  },
  {
    breaks: "I5",
    what: "a payload of a ledger entry that names another user",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      const payload = JSON.stringify({ userId: BOB, amount: PRICE, balanceAfter: PRICE });
      update("outboxMessages", { type: "point-account.refunded" }, { payload });
    },
  },
  ...["reservation.expired", "reservation.held"].map(
    (type): Corruption => ({
      breaks: "I5",
      what: `a confirmation with the type ${type}`,
      foundBy: CONTENT_RULES.transitionType,
      plant: ({ update }) =>
        update("outboxMessages", { ...FIRST_OF_CONFIRMED, aggregateVersion: 2 }, { type }),
    }),
  ),
  {
    breaks: "I5",
    what: "a capture with the type of a refund",
    foundBy: CONTENT_RULES.transitionType,
    plant: ({ update }) =>
      update("outboxMessages", MESSAGE_OF_CAPTURED, { type: "payment.refunded" }),
  },
  {
    breaks: "I5",
    what: "a spend with the type of a charge",
    foundBy: CONTENT_RULES.transitionType,
    plant: ({ update }) =>
      update("outboxMessages", MESSAGE_OF_SPEND, { type: "point-account.charged" }),
  },
  {
    breaks: "I5",
    what: "an adjustment with the type of a charge",
    foundBy: CONTENT_RULES.transitionType,
    plant(editor) {
      adjustBob(editor);
      const credited = { type: "point-account.credited" };
      editor.update("outboxMessages", credited, { type: "point-account.charged" });
    },
  },
  {
    breaks: "I5",
    what: "another amount in the payload of a payment",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, MESSAGE_OF_CAPTURED, { amount: 2 * PRICE + 1 }),
  },
  {
    breaks: "I5",
    what: "another refunded amount in the payload of a refund",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, MESSAGE_OF_REFUND, { refundedAmount: PRICE - 1 }),
  },
  {
    breaks: "I5",
    what: "another amount in the payload of a reservation",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, FIRST_OF_CONFIRMED, { amount: PRICE }),
  },
  {
    breaks: "I5",
    what: "another seat in the payload of a reservation",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, FIRST_OF_CONFIRMED, { seatIds: [2, 7] }),
  },
  {
    breaks: "I5",
    what: "a seat that is missing from the payload of a reservation",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, FIRST_OF_CONFIRMED, { seatIds: [2] }),
  },
  {
    breaks: "I5",
    what: "another amount in the payload of a ledger entry",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, MESSAGE_OF_SPEND, { amount: 1 }),
  },
  {
    breaks: "I5",
    what: "another balance in the payload of a ledger entry",
    foundBy: CONTENT_RULES.payloadValues,
    plant: (editor) => setInPayload(editor, MESSAGE_OF_SPEND, { balanceAfter: 1 }),
  },
];
