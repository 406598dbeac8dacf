import type { Acknowledgements, Evidence } from "../../../ports/evidenceStore.ts";
import { ANSWER_RULES, TOLD_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules, sumEvidence } from "../../evidence/findings.ts";
import type { IdempotencyRow, PaymentRow, ReservationRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { askRules, type Searches } from "./askRules.ts";

interface StoredAnswer {
  readonly record: Pick<IdempotencyRow, "userId" | "operation" | "key">;
  /** What the answer names; `undefined` when there is none, or none that can be read. */
  readonly named: Named | undefined;
}

/** Ids and numbers of an answer; NULL is what it does not have. */
interface Named {
  readonly reservationId: number | null;
  readonly paymentId: number | null;
  readonly currentPoints: number | null;
}

/** What one user charged. */
interface Charges {
  sum: number;
  readonly balancesAfter: Set<number>;
}

interface AnswerView {
  readonly answers: readonly StoredAnswer[];
  reservation(id: number | null): ReservationRow | undefined;
  payment(id: number | null): PaymentRow | undefined;
  readonly charges: ReadonlyMap<number, Charges>;
}

const ANSWER_SEARCHES: Searches<keyof typeof ANSWER_RULES, AnswerView> = {
  *noAnswer({ answers }) {
    for (const { record, named } of answers) if (!named) yield record;
  },
  *reservation({ answers, reservation }) {
    for (const { record, named } of answers) {
      if (!named || !["reserve", "pay", "refund"].includes(record.operation)) continue;
      const { reservationId } = named;
      if (reservation(reservationId)?.userId !== record.userId) yield { ...record, reservationId };
    }
  },
  *payment({ answers, payment }) {
    for (const { record, named } of answers) {
      if (!named || !["pay", "refund"].includes(record.operation)) continue;
      const { paymentId, reservationId } = named;
      const paid = payment(paymentId);
      const isTheirs = paid?.userId === record.userId && paid.reservationId === reservationId;
      if (isTheirs && (record.operation === "pay" || paid.status === "REFUNDED")) continue;
      yield { ...record, paymentId, status: isTheirs ? paid.status : null };
    }
  },
  *charge({ answers, charges }) {
    for (const { record, named } of answers) {
      if (!named || record.operation !== "charge") continue;
      const { currentPoints } = named;
      const left = charges.get(record.userId)?.balancesAfter;
      if (currentPoints === null || !left?.has(currentPoints)) yield { ...record, currentPoints };
    }
  },
};

interface ToldView {
  readonly told: Acknowledgements;
  isReservation(id: number): boolean;
  isPayment(id: number): boolean;
  readonly charges: ReadonlyMap<number, Charges>;
}

const TOLD_SEARCHES: Searches<keyof typeof TOLD_RULES, ToldView> = {
  *reservation({ told, isReservation }) {
    for (const reservationId of told.reservationIds) {
      if (!isReservation(reservationId)) yield { reservationId };
    }
  },
  *payment({ told, isPayment }) {
    for (const paymentId of told.paymentIds) if (!isPayment(paymentId)) yield { paymentId };
  },
  *charges({ told, charges }) {
    for (const [userId, acknowledged] of told.chargedByUser) {
      // A charge whose answer was lost on the way is in the ledger and was never acknowledged.
      const inLedger = charges.get(userId)?.sum ?? 0;
      if (inLedger < acknowledged) yield { userId, acknowledged, inLedger };
    }
  },
};

const STORED = searchedRules(ANSWER_RULES, ANSWER_SEARCHES);
const TOLD = searchedRules(TOLD_RULES, TOLD_SEARCHES);

/** I10: the stored answers, and what clients themselves say that they were told. */
export function acknowledgedEvidence(
  s: Statement,
  tables: Tables,
  told: Acknowledgements | undefined,
): Evidence {
  const charges = chargesByUser(s, tables);
  const answers = s.all(tables.idempotencyRecords).map(({ userId, operation, key, answer }) => ({
    record: { userId, operation, key },
    named: answer === null ? undefined : readAnswer(answer),
  }));
  const view: AnswerView = {
    answers,
    reservation: (id) => (id === null ? undefined : s.find(tables.reservations, id)),
    payment: (id) => (id === null ? undefined : s.find(tables.payments, id)),
    charges,
  };
  const stored = askRules(STORED, view, answers.length);
  if (!told) return stored;
  const toldView = {
    told,
    isReservation: (id: number) => s.find(tables.reservations, id) !== undefined,
    isPayment: (id: number) => s.find(tables.payments, id) !== undefined,
    charges,
  };
  const { reservationIds, paymentIds, chargedByUser } = told;
  const toldCount = reservationIds.length + paymentIds.length + chargedByUser.size;
  const missing = askRules(TOLD, toldView, toldCount);
  return sumEvidence([missing, stored]);
}

function chargesByUser(s: Statement, tables: Tables): Map<number, Charges> {
  const charges = new Map<number, Charges>();
  for (const { userId, kind, amount, balanceAfter } of s.all(tables.pointEntries)) {
    if (kind !== "CHARGE") continue;
    const known = charges.get(userId);
    if (known) {
      known.sum += amount;
      known.balancesAfter.add(balanceAfter);
    } else {
      charges.set(userId, { sum: amount, balancesAfter: new Set([balanceAfter]) });
    }
  }
  return charges;
}

/** What the JSON names, when it is JSON. */
function readAnswer(answer: string): Named | undefined {
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

/** As CAST(… AS UNSIGNED) reads it: the digits at the beginning, 0 when there are none. */
function numberIn(answer: unknown, name: string): number | null {
  const value = isRecord(answer) ? answer[name] : undefined;
  if (value === undefined) return null;
  return Number.parseInt(typeof value === "string" ? value : JSON.stringify(value), 10) || 0;
}
