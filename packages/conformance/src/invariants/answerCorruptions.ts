import { ACKNOWLEDGED_RULES, ANSWER_RULES } from "@onsale/core/testing";
import type { Corruption } from "./corruption.ts";
import { ANN, BOB, CAPTURED, PAID_BACK, PENDING } from "./historyFacts.ts";

/** Corruptions of stored and acknowledged answers. */
export const ANSWER_CORRUPTIONS: readonly Corruption[] = [
  {
    breaks: "I10",
    what: "a key that was used up without an answer",
    foundBy: ANSWER_RULES.noAnswer,
    plant: ({ update }) => update("idempotencyRecords", { operation: "pay" }, { answer: null }),
  },
  {
    breaks: "I10",
    what: "an answer that cannot be read",
    foundBy: ANSWER_RULES.noAnswer,
    plant: ({ update }) => update("idempotencyRecords", { operation: "pay" }, { answer: "{" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a reservation that does not exist",
    foundBy: ANSWER_RULES.reservation,
    plant: ({ update }) =>
      update(
        "idempotencyRecords",
        { operation: "reserve" },
        { answer: JSON.stringify({ reservationId: 999 }) },
      ),
  },
  {
    breaks: "I10",
    what: "a stored answer about another buyer's reservation",
    foundBy: ANSWER_RULES.reservation,
    plant: ({ update }) => update("reservations", { id: PENDING }, { userId: BOB }),
  },
  {
    breaks: "I10",
    what: "a stored answer that names no reservation",
    foundBy: ANSWER_RULES.reservation,
    plant: ({ update }) =>
      update("idempotencyRecords", { operation: "reserve" }, { answer: "[1]" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a payment that does not exist",
    foundBy: ANSWER_RULES.payment,
    plant: ({ remove }) => remove("payments", { id: CAPTURED }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a refund that was not made",
    foundBy: ANSWER_RULES.payment,
    plant: ({ update }) => update("payments", { id: PAID_BACK }, { status: "CAPTURED" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a charge that is not in the ledger",
    foundBy: ANSWER_RULES.charge,
    plant: ({ update }) =>
      update(
        "idempotencyRecords",
        { operation: "charge" },
        { answer: JSON.stringify({ currentPoints: 99_000 }) },
      ),
  },
  {
    breaks: "I10",
    what: "an acknowledged reservation that does not exist",
    foundBy: ACKNOWLEDGED_RULES.ackReservation,
    plant: ({ acknowledge }) => acknowledge({ reservationIds: [PENDING, 998, 999] }),
  },
  {
    breaks: "I10",
    what: "an acknowledged payment that does not exist",
    foundBy: ACKNOWLEDGED_RULES.ackPayment,
    plant: ({ acknowledge }) => acknowledge({ paymentIds: [999] }),
  },
  {
    breaks: "I10",
    what: "an acknowledged charge of more than is in the ledger",
    foundBy: ACKNOWLEDGED_RULES.ackCharges,
    plant: ({ acknowledge }) => acknowledge({ chargedByUser: new Map([[ANN, 100_001]]) }),
  },
  {
    breaks: "I10",
    what: "an acknowledged charge of a user without a ledger",
    foundBy: ACKNOWLEDGED_RULES.ackCharges,
    plant: ({ acknowledge }) => acknowledge({ chargedByUser: new Map([[31, 1]]) }),
  },
];
