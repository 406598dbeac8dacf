import { LEDGER_RULES, PAYMENT_RULES } from "@onsale/core/testing";
import type { Corruption } from "./corruption.ts";
import { ANN, BOB, CAPTURED, CONFIRMED, PAID_BACK, PENDING, PRICE } from "./historyFacts.ts";
import { AUDIT_ID, adjustAudit, adjustBob, discardAudit } from "./operatorActs.ts";

/** The ledger entry that paid for the confirmed reservation. */
const SPEND_OF_CONFIRMED = { id: 4 };

const OF_LEDGER: readonly Corruption[] = [
  {
    breaks: "I3",
    what: "a balance that is not the sum of the ledger",
    foundBy: LEDGER_RULES.sum,
    plant: ({ update }) => update("pointAccounts", { userId: ANN }, { balance: 1 }),
  },
  {
    breaks: "I3",
    what: "a balance below zero, though the sum is right",
    foundBy: LEDGER_RULES.belowZero,
    plant({ update }) {
      update("pointAccounts", { userId: BOB }, { balance: -5 });
      update("pointEntries", { userId: BOB }, { kind: "SPEND", amount: 5, balanceAfter: -5 });
    },
  },
  {
    breaks: "I3",
    what: "an entry that is missing from the middle",
    foundBy: LEDGER_RULES.chain,
    plant: ({ remove }) => remove("pointEntries", SPEND_OF_CONFIRMED),
  },
  {
    breaks: "I3",
    what: "an entry that does not follow from the one before",
    foundBy: LEDGER_RULES.chain,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { balanceAfter: 1 }),
  },
  {
    breaks: "I3",
    what: "two entries of one version",
    foundBy: LEDGER_RULES.chain,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { accountVersion: 2 }),
  },
  {
    breaks: "I3",
    what: "an account that counts more entries than there are",
    foundBy: LEDGER_RULES.accountVersion,
    plant: ({ update }) => update("pointAccounts", { userId: ANN }, { version: 5 }),
  },
  {
    breaks: "I3",
    what: "an entry without an account",
    foundBy: LEDGER_RULES.noAccount,
    plant: ({ remove }) => remove("pointAccounts", { userId: BOB }),
  },
  {
    breaks: "I3",
    what: "an adjustment without an audit record",
    foundBy: LEDGER_RULES.noAudit,
    plant: ({ update }) => update("pointEntries", { userId: BOB }, { kind: "ADJUST_CREDIT" }),
  },
  {
    breaks: "I3",
    what: "an adjustment whose audit record is of another operation",
    foundBy: LEDGER_RULES.noAudit,
    plant({ insert, update, nowUs }) {
      insert("opsAudit", discardAudit(nowUs));
      update("pointEntries", { userId: BOB }, { kind: "ADJUST_CREDIT", adjustAudit: AUDIT_ID });
    },
  },
  {
    breaks: "I3",
    what: "a charge with the audit record of an adjustment",
    foundBy: LEDGER_RULES.noAudit,
    plant({ insert, update, nowUs }) {
      insert("opsAudit", adjustAudit(nowUs));
      update("pointEntries", { userId: BOB }, { adjustAudit: AUDIT_ID });
    },
  },
  {
    breaks: "I3",
    what: "a balance that an adjustment took below zero",
    foundBy: LEDGER_RULES.belowZero,
    plant(editor) {
      adjustBob(editor);
      editor.update("pointAccounts", { userId: BOB }, { balance: -7_000 });
      const below = { kind: "ADJUST_DEBIT", balanceAfter: -7_000 } as const;
      editor.update("pointEntries", { userId: BOB }, below);
    },
  },
  {
    breaks: "I3",
    what: "an adjustment that moved the balance the wrong way",
    foundBy: LEDGER_RULES.sum,
    plant(editor) {
      adjustBob(editor);
      editor.update("pointEntries", { userId: BOB }, { kind: "ADJUST_DEBIT" });
    },
  },
];

const OF_PAYMENTS: readonly Corruption[] = [
  {
    breaks: "I4",
    what: "a confirmed price that was never charged",
    foundBy: PAYMENT_RULES.total,
    plant: ({ update }) =>
      update("reservationSeats", { reservationId: CONFIRMED }, { price: PRICE + 1 }),
  },
  {
    breaks: "I4",
    what: "a payment of another amount than was owed",
    foundBy: PAYMENT_RULES.amountOrUser,
    plant: ({ update }) => update("payments", { id: CAPTURED }, { amount: 1 }),
  },
  {
    breaks: "I4",
    what: "a payment by another user than the buyer",
    foundBy: PAYMENT_RULES.amountOrUser,
    plant: ({ update }) => update("payments", { id: CAPTURED }, { userId: BOB }),
  },
  {
    breaks: "I4",
    what: "a payment for a reservation that does not exist",
    foundBy: PAYMENT_RULES.amountOrUser,
    plant: ({ update }) => update("payments", { id: CAPTURED }, { reservationId: 999 }),
  },
  {
    breaks: "I4",
    what: "a reservation whose amount is not the sum of its seats",
    foundBy: PAYMENT_RULES.prices,
    plant: ({ update }) => update("reservations", { id: PENDING }, { amount: PRICE + 1 }),
  },
  {
    breaks: "I4",
    what: "a spend of another amount than was paid",
    foundBy: PAYMENT_RULES.spend,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { amount: 1 }),
  },
  {
    breaks: "I4",
    what: "a payment that was spent twice",
    foundBy: PAYMENT_RULES.spend,
    plant: ({ copy }) =>
      copy("pointEntries", SPEND_OF_CONFIRMED, { id: 8, accountVersion: 5, entryKey: "again" }),
  },
  {
    breaks: "I4",
    what: "a payment that was spent in two halves",
    foundBy: PAYMENT_RULES.spend,
    plant({ copy, update }) {
      copy("pointEntries", SPEND_OF_CONFIRMED, { id: 9, accountVersion: 5, entryKey: "half" });
      update("pointEntries", SPEND_OF_CONFIRMED, { amount: PRICE });
    },
  },
  {
    breaks: "I4",
    what: "a payment that another user spent",
    foundBy: PAYMENT_RULES.spend,
    plant: ({ update }) =>
      update("pointEntries", SPEND_OF_CONFIRMED, { userId: BOB, accountVersion: 2 }),
  },
  {
    breaks: "I4",
    what: "points given back without a refund",
    foundBy: PAYMENT_RULES.refund,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { kind: "REFUND" }),
  },
  {
    breaks: "I4",
    what: "a refund that gave nothing back",
    foundBy: PAYMENT_RULES.refund,
    plant: ({ remove }) => remove("pointEntries", { kind: "REFUND" }),
  },
  {
    breaks: "I4",
    what: "a spend without a payment",
    foundBy: PAYMENT_RULES.entry,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { reservationId: 999 }),
  },
  {
    breaks: "I4",
    what: "a spend for no reservation",
    foundBy: PAYMENT_RULES.entry,
    plant: ({ update }) => update("pointEntries", SPEND_OF_CONFIRMED, { reservationId: null }),
  },
  {
    breaks: "I4",
    what: "a charge for a reservation",
    foundBy: PAYMENT_RULES.entry,
    plant: ({ update }) => update("pointEntries", { userId: BOB }, { reservationId: CONFIRMED }),
  },
  {
    breaks: "I4",
    what: "a refund without its time",
    foundBy: PAYMENT_RULES.refundTime,
    plant: ({ update }) => update("payments", { id: PAID_BACK }, { refundedAtUs: null }),
  },
  {
    breaks: "I4",
    what: "an adjustment that names a reservation",
    foundBy: PAYMENT_RULES.entry,
    plant(editor) {
      adjustBob(editor);
      editor.update("pointEntries", { userId: BOB }, { reservationId: CONFIRMED });
    },
  },
  {
    breaks: "I4",
    what: "a payment that an adjustment paid instead of a spend",
    foundBy: PAYMENT_RULES.spend,
    plant({ insert, update, nowUs }) {
      insert("opsAudit", adjustAudit(nowUs));
      const adjusted = { kind: "ADJUST_DEBIT", adjustAudit: AUDIT_ID } as const;
      update("pointEntries", SPEND_OF_CONFIRMED, adjusted);
    },
  },
];

/** Corruptions of points and payments. */
export const POINT_CORRUPTIONS: readonly Corruption[] = [...OF_LEDGER, ...OF_PAYMENTS];
