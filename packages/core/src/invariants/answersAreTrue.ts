import type { AnswerRow, CheckedPaymentRow } from "../ports/invariantReader.ts";
import type { AccountFacts, CheckContext, Checker } from "./checker.ts";
import { type ViolationLog, violationLog } from "./violations.ts";

/**
 * I10: the stored answer of an idempotency key, which the client has received and would receive
 * again.
 */
export const ANSWER_RULES = {
  noAnswer: "the idempotency key was committed without an answer",
  reservation: "the stored answer names a reservation that does not exist, or another buyer's",
  payment: "the stored answer names a payment that does not exist, or in another state",
  charge: "the stored answer reports a charge, and no charge left that balance",
} as const;

/** I10: the answers that clients report to have received. */
export const ACKNOWLEDGED_RULES = {
  ackReservation: "an acknowledged reservation does not exist",
  ackPayment: "an acknowledged payment does not exist",
  ackCharges: "acknowledged charges are not in the ledger",
} as const;

const RULES = { ...ACKNOWLEDGED_RULES, ...ANSWER_RULES };

/** Ids and numbers of an answer; `null` when the answer does not have the field. */
interface NamedIds {
  readonly reservationId: number | null;
  readonly paymentId: number | null;
  readonly currentPoints: number | null;
}

/** The records with which the answers of one user are compared. */
interface UserRecords {
  readonly reservationIds: ReadonlySet<number>;
  readonly payments: ReadonlyMap<number, CheckedPaymentRow>;
  readonly balancesAfterCharges: ReadonlySet<number>;
}

function recordsOf({ reservations, payments, entries }: AccountFacts): UserRecords {
  const charges = entries.filter(({ kind }) => kind === "CHARGE");
  return {
    reservationIds: new Set(reservations.map(({ id }) => id)),
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    balancesAfterCharges: new Set(charges.map(({ balanceAfter }) => balanceAfter)),
  };
}

/** Checks I10. */
export function checkAnswersAreTrue({ acknowledged }: CheckContext): Checker {
  const log = violationLog(RULES);
  const missing = {
    reservationIds: new Set(acknowledged?.reservationIds),
    paymentIds: new Set(acknowledged?.paymentIds),
    charged: new Map(acknowledged?.chargedByUser),
  };
  let rowsRead = 0;
  if (acknowledged) {
    const { reservationIds, paymentIds, chargedByUser } = acknowledged;
    rowsRead += reservationIds.length + paymentIds.length + chargedByUser.size;
  }

  return {
    takeReservation({ reservationId, reservation }) {
      if (reservation) missing.reservationIds.delete(reservationId);
    },
    takePayment({ paymentId, payment }) {
      if (payment) missing.paymentIds.delete(paymentId);
    },
    takeAccount(facts) {
      rowsRead += facts.answers.length;
      if (facts.answers.length > 0) {
        const user = recordsOf(facts);
        for (const answer of facts.answers) checkAnswer(log, answer, user);
      }
      if (!acknowledged) return;
      const { userId } = facts;
      const stated = missing.charged.get(userId);
      if (stated === undefined) return;
      missing.charged.delete(userId);
      const charges = facts.entries.filter(({ kind }) => kind === "CHARGE");
      const inLedger = charges.reduce((sum, { amount }) => sum + amount, 0);
      // The ledger may contain more than the acknowledged charges, because an answer can be lost.
      // The ledger must not contain less.
      if (inLedger < stated) log.add("ackCharges", { userId, acknowledged: stated, inLedger });
    },
    result() {
      for (const reservationId of missing.reservationIds) {
        log.add("ackReservation", { reservationId });
      }
      for (const paymentId of missing.paymentIds) log.add("ackPayment", { paymentId });
      for (const [userId, stated] of missing.charged) {
        if (stated > 0) log.add("ackCharges", { userId, acknowledged: stated, inLedger: 0 });
      }
      return log.result(rowsRead);
    },
  };
}

type AnswerLog = ViolationLog<keyof typeof ANSWER_RULES>;

function checkAnswer(log: AnswerLog, row: AnswerRow, user: UserRecords): void {
  const { userId, operation, key } = row;
  const record = { userId, operation, key };
  const named = row.answer === null ? undefined : namedIn(row.answer);
  if (!named) {
    log.add("noAnswer", record);
    return;
  }
  const { reservationId, paymentId, currentPoints } = named;
  if (operation === "charge") {
    if (currentPoints === null || !user.balancesAfterCharges.has(currentPoints)) {
      log.add("charge", { ...record, currentPoints });
    }
    return;
  }
  if (!["reserve", "pay", "refund"].includes(operation)) return;
  if (reservationId === null || !user.reservationIds.has(reservationId)) {
    log.add("reservation", { ...record, reservationId });
  }
  if (operation === "reserve") return;
  const paid = paymentId === null ? undefined : user.payments.get(paymentId);
  const isOfIt = paid?.reservationId === reservationId;
  if (isOfIt && (operation === "pay" || paid?.status === "REFUNDED")) return;
  log.add("payment", { ...record, paymentId, status: isOfIt ? (paid?.status ?? null) : null });
}

/** The ids and numbers of a stored answer; `undefined` when the answer is not JSON. */
function namedIn(answer: string): NamedIds | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return undefined;
  }
  return {
    reservationId: numberIn(value, "reservationId"),
    paymentId: numberIn(value, "paymentId"),
    currentPoints: numberIn(value, "currentPoints"),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function numberIn(answer: unknown, name: string): number | null {
  const value = isRecord(answer) ? answer[name] : undefined;
  return typeof value === "number" ? value : null;
}
