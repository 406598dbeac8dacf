import { ANSWER_RULES, LEDGER_RULES, PAYMENT_RULES, TOLD_RULES } from "@onsale/core/testing";
import type { Damage } from "./damage.ts";
import { ANN, BOB, CAPTURED, CONFIRMED, PAID_BACK, PENDING, PRICE } from "./historyFacts.ts";

/** The entry that paid for the confirmed reservation. */
const SPEND_OF_CONFIRMED = { id: 4 };

const OF_LEDGER: readonly Damage[] = [
  {
    breaks: "I3",
    what: "a balance that the ledger does not explain",
    foundBy: LEDGER_RULES.sum,
    inflict: ({ update }) => update("pointAccounts", { userId: ANN }, { balance: 1 }),
  },
  {
    breaks: "I3",
    what: "a balance below zero, though the sum is right",
    foundBy: LEDGER_RULES.belowZero,
    inflict({ update }) {
      update("pointAccounts", { userId: BOB }, { balance: -5 });
      update("pointEntries", { userId: BOB }, { kind: "SPEND", amount: 5, balanceAfter: -5 });
    },
  },
  {
    breaks: "I3",
    what: "an entry that is missing from the middle",
    foundBy: LEDGER_RULES.chain,
    inflict: ({ remove }) => remove("pointEntries", SPEND_OF_CONFIRMED),
  },
  {
    breaks: "I3",
    what: "an entry that does not follow from the one before",
    foundBy: LEDGER_RULES.chain,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { balanceAfter: 1 }),
  },
  {
    breaks: "I3",
    what: "two entries of one version",
    foundBy: LEDGER_RULES.chain,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { accountVersion: 2 }),
  },
  {
    breaks: "I3",
    what: "an account that counts more entries than there are",
    foundBy: LEDGER_RULES.accountVersion,
    inflict: ({ update }) => update("pointAccounts", { userId: ANN }, { version: 5 }),
  },
  {
    breaks: "I3",
    what: "an entry without an account",
    foundBy: LEDGER_RULES.noAccount,
    inflict: ({ remove }) => remove("pointAccounts", { userId: BOB }),
  },
];

const OF_PAYMENTS: readonly Damage[] = [
  {
    breaks: "I4",
    what: "a confirmed price that was never charged",
    foundBy: PAYMENT_RULES.total,
    inflict: ({ update }) =>
      update("reservationSeats", { reservationId: CONFIRMED }, { price: PRICE + 1 }),
  },
  {
    breaks: "I4",
    what: "a payment of another amount than was owed",
    foundBy: PAYMENT_RULES.amountOrUser,
    inflict: ({ update }) => update("payments", { id: CAPTURED }, { amount: 1 }),
  },
  {
    breaks: "I4",
    what: "a payment by somebody else",
    foundBy: PAYMENT_RULES.amountOrUser,
    inflict: ({ update }) => update("payments", { id: CAPTURED }, { userId: BOB }),
  },
  {
    breaks: "I4",
    what: "a payment for nothing",
    foundBy: PAYMENT_RULES.amountOrUser,
    inflict: ({ update }) => update("payments", { id: CAPTURED }, { reservationId: 999 }),
  },
  {
    breaks: "I4",
    what: "a reservation whose amount is not the sum of its seats",
    foundBy: PAYMENT_RULES.prices,
    inflict: ({ update }) => update("reservations", { id: PENDING }, { amount: PRICE + 1 }),
  },
  {
    breaks: "I4",
    what: "a spend of another amount than was paid",
    foundBy: PAYMENT_RULES.spend,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { amount: 1 }),
  },
  {
    breaks: "I4",
    what: "a payment that was spent twice",
    foundBy: PAYMENT_RULES.spend,
    inflict: ({ copy }) =>
      copy("pointEntries", SPEND_OF_CONFIRMED, { id: 8, accountVersion: 5, entryKey: "again" }),
  },
  {
    breaks: "I4",
    what: "a payment that was spent in two halves",
    foundBy: PAYMENT_RULES.spend,
    inflict({ copy, update }) {
      copy("pointEntries", SPEND_OF_CONFIRMED, { id: 9, accountVersion: 5, entryKey: "half" });
      update("pointEntries", SPEND_OF_CONFIRMED, { amount: PRICE });
    },
  },
  {
    breaks: "I4",
    what: "a payment that somebody else spent",
    foundBy: PAYMENT_RULES.spend,
    inflict: ({ update }) =>
      update("pointEntries", SPEND_OF_CONFIRMED, { userId: BOB, accountVersion: 2 }),
  },
  {
    breaks: "I4",
    what: "points given back without a refund",
    foundBy: PAYMENT_RULES.refund,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { kind: "REFUND" }),
  },
  {
    breaks: "I4",
    what: "a refund that gave nothing back",
    foundBy: PAYMENT_RULES.refund,
    inflict: ({ remove }) => remove("pointEntries", { kind: "REFUND" }),
  },
  {
    breaks: "I4",
    what: "a spend without a payment",
    foundBy: PAYMENT_RULES.entry,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { reservationId: 999 }),
  },
  {
    breaks: "I4",
    what: "a spend for no reservation",
    foundBy: PAYMENT_RULES.entry,
    inflict: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { reservationId: null }),
  },
  {
    breaks: "I4",
    what: "a charge for a reservation",
    foundBy: PAYMENT_RULES.entry,
    inflict: ({ update }) => update("pointEntries", { userId: BOB }, { reservationId: CONFIRMED }),
  },
  {
    breaks: "I4",
    what: "a refund without its time",
    foundBy: PAYMENT_RULES.refundTime,
    inflict: ({ update }) => update("payments", { id: PAID_BACK }, { refundedAtUs: null }),
  },
];

const OF_ANSWERS: readonly Damage[] = [
  {
    breaks: "I10",
    what: "a key that was used up without an answer",
    foundBy: ANSWER_RULES.noAnswer,
    inflict: ({ update }) => update("idempotencyRecords", { operation: "pay" }, { answer: null }),
  },
  {
    breaks: "I10",
    what: "an answer that cannot be read",
    foundBy: ANSWER_RULES.noAnswer,
    inflict: ({ update }) => update("idempotencyRecords", { operation: "pay" }, { answer: "{" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a reservation that is not there",
    foundBy: ANSWER_RULES.reservation,
    inflict: ({ update }) =>
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
    inflict: ({ update }) => update("reservations", { id: PENDING }, { userId: BOB }),
  },
  {
    breaks: "I10",
    what: "a stored answer that names no reservation",
    foundBy: ANSWER_RULES.reservation,
    inflict: ({ update }) =>
      update("idempotencyRecords", { operation: "reserve" }, { answer: "[1]" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a payment that is not there",
    foundBy: ANSWER_RULES.payment,
    inflict: ({ remove }) => remove("payments", { id: CAPTURED }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a refund that was not made",
    foundBy: ANSWER_RULES.payment,
    inflict: ({ update }) => update("payments", { id: PAID_BACK }, { status: "CAPTURED" }),
  },
  {
    breaks: "I10",
    what: "a stored answer about a charge that is not in the ledger",
    foundBy: ANSWER_RULES.charge,
    inflict: ({ update }) =>
      update(
        "idempotencyRecords",
        { operation: "charge" },
        { answer: JSON.stringify({ currentPoints: 99_000 }) },
      ),
  },
  {
    breaks: "I10",
    what: "an acknowledged reservation that is not there",
    foundBy: TOLD_RULES.reservation,
    inflict: ({ tell }) => tell({ reservationIds: [PENDING, 998, 999] }),
  },
  {
    breaks: "I10",
    what: "an acknowledged payment that is not there",
    foundBy: TOLD_RULES.payment,
    inflict: ({ tell }) => tell({ paymentIds: [999] }),
  },
  {
    breaks: "I10",
    what: "an acknowledged charge of more than is in the ledger",
    foundBy: TOLD_RULES.charges,
    inflict: ({ tell }) => tell({ chargedByUser: new Map([[ANN, 100_001]]) }),
  },
  {
    breaks: "I10",
    what: "an acknowledged charge of a user without a ledger",
    foundBy: TOLD_RULES.charges,
    inflict: ({ tell }) => tell({ chargedByUser: new Map([[31, 1]]) }),
  },
];

/** Damage to points, payments, and what clients were told. */
export const POINT_DAMAGES: readonly Damage[] = [...OF_LEDGER, ...OF_PAYMENTS, ...OF_ANSWERS];
