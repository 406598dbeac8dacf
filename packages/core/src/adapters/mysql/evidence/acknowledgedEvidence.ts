import type { Acknowledgements, Evidence } from "../../../ports/evidenceStore.ts";
import { ANSWER_RULES, TOLD_RULES } from "../../evidence/evidenceRules.ts";
import {
  mergeEvidence,
  searchedRules,
  sumEvidence,
  violationCollector,
} from "../../evidence/findings.ts";
import { toInteger } from "../convert.ts";
import type { Database, SqlValues } from "../database.ts";
import { askQuestion, type Question } from "./askQuestion.ts";

/** Ids looked up by one statement; keeps the statement far below any packet limit. */
const LOOKUP_SIZE = 1_000;

const idIn = (name: string): string =>
  `CAST(JSON_UNQUOTE(JSON_EXTRACT(i.answer, '$.${name}')) AS UNSIGNED)`;
const RECORD_IDS = "i.user_id AS userId, i.operation AS operation, i.idempotency_key AS `key`";

/** What is stored under the keys of clients. */
const STORED_ANSWERS: Question = {
  examined: "SELECT COUNT(*) AS examined FROM idempotency_records",
  rules: searchedRules(ANSWER_RULES, {
    noAnswer: /* sql */ `
      SELECT ${RECORD_IDS} FROM idempotency_records i
      WHERE i.answer IS NULL OR NOT JSON_VALID(i.answer)`,
    reservation: /* sql */ `
      SELECT ${RECORD_IDS}, ${idIn("reservationId")} AS reservationId
      FROM idempotency_records i LEFT JOIN reservations r
        ON r.id = ${idIn("reservationId")} AND r.user_id = i.user_id
      WHERE i.operation IN ('reserve', 'pay', 'refund') AND JSON_VALID(i.answer)
        AND r.id IS NULL`,
    payment: /* sql */ `
      SELECT ${RECORD_IDS}, ${idIn("paymentId")} AS paymentId, p.status AS status
      FROM idempotency_records i LEFT JOIN payments p
        ON p.id = ${idIn("paymentId")} AND p.user_id = i.user_id
        AND p.reservation_id = ${idIn("reservationId")}
      WHERE i.operation IN ('pay', 'refund') AND JSON_VALID(i.answer)
        AND (p.id IS NULL OR (i.operation = 'refund' AND p.status <> 'REFUNDED'))`,
    charge: /* sql */ `
      SELECT ${RECORD_IDS}, ${idIn("currentPoints")} AS currentPoints
      FROM idempotency_records i
      WHERE i.operation = 'charge' AND JSON_VALID(i.answer) AND NOT EXISTS (
        SELECT 1 FROM point_entries e
        WHERE e.user_id = i.user_id AND e.kind = 'CHARGE'
          AND e.balance_after = ${idIn("currentPoints")})`,
  }),
};

const KNOWN_RESERVATIONS = "SELECT id FROM reservations WHERE id IN (:wanted)";
const KNOWN_PAYMENTS =
  "SELECT id FROM payments WHERE id IN (:wanted) AND status IN ('CAPTURED', 'REFUNDED')";
const CHARGED = /* sql */ `
  SELECT user_id AS id, CAST(SUM(amount) AS CHAR) AS charged FROM point_entries
  WHERE kind = 'CHARGE' AND user_id IN (:wanted) GROUP BY user_id`;

/** The rows for the wanted ids, a bounded number of ids at a time. */
async function lookUp<Row extends object>(
  db: Database,
  sql: string,
  wanted: readonly number[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < wanted.length; from += LOOKUP_SIZE) {
    const values: SqlValues = { wanted: wanted.slice(from, from + LOOKUP_SIZE) };
    rows.push(...(await db.select<Row>(null, sql, values)));
  }
  return rows;
}

async function missingFrom(
  db: Database,
  sql: string,
  wanted: readonly number[],
): Promise<readonly number[]> {
  const rows = await lookUp<{ id: number | string }>(db, sql, wanted);
  const known = new Set(rows.map((row) => toInteger(row.id)));
  return wanted.filter((id) => !known.has(id));
}

async function toldButMissing(db: Database, told: Acknowledgements): Promise<Evidence> {
  const { reservationIds, paymentIds, chargedByUser } = told;
  const broken = violationCollector();
  for (const reservationId of await missingFrom(db, KNOWN_RESERVATIONS, reservationIds)) {
    broken.add({ message: TOLD_RULES.reservation, ids: { reservationId } });
  }
  for (const paymentId of await missingFrom(db, KNOWN_PAYMENTS, paymentIds)) {
    broken.add({ message: TOLD_RULES.payment, ids: { paymentId } });
  }
  const rows = await lookUp<{ id: number | string; charged: string }>(db, CHARGED, [
    ...chargedByUser.keys(),
  ]);
  const charged = new Map(rows.map((row) => [toInteger(row.id), toInteger(row.charged)]));
  for (const [userId, acknowledged] of chargedByUser) {
    // A charge whose answer was lost on the way is in the ledger and was never acknowledged.
    const inLedger = charged.get(userId) ?? 0;
    if (inLedger >= acknowledged) continue;
    const ids = { userId, acknowledged, inLedger };
    broken.add({ message: TOLD_RULES.charges, ids });
  }
  const examined = reservationIds.length + paymentIds.length + chargedByUser.size;
  return mergeEvidence(examined, [broken.found()]);
}

/** I10: the stored answers, and what clients themselves say that they were told. */
export async function acknowledgedButLost(
  db: Database,
  acknowledged: Acknowledgements | undefined,
): Promise<Evidence> {
  const stored = await askQuestion(db, STORED_ANSWERS);
  if (!acknowledged) return stored;
  const told = await toldButMissing(db, acknowledged);
  return sumEvidence([told, stored]);
}
