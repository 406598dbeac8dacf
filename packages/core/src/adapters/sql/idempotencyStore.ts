import type {
  IdempotencyRecordKey,
  IdempotencyStart,
  IdempotencyStore,
} from "../../ports/idempotencyStore.ts";
import { idempotencyStart, stateOf } from "../shared/idempotencyStart.ts";
import type { Database } from "./database.ts";
import { deleteOld, oldRows } from "./deleteOld.ts";
import { requireAll, requireOneOfEach } from "./group/jointly.ts";
import { gather, type Step } from "./group/step.ts";
import { query, type Sql, sql } from "./statement.ts";

const MATCH = "user_id = :userId AND operation = :operation AND idempotency_key = :key";
/**
 * Fails immediately (NOWAIT) when another transaction is writing the record. This failure means "in
 * progress".
 */
const FIND = query(
  sql(
    "idempotency.start:find",
    `SELECT fingerprint, answer FROM idempotency_records WHERE ${MATCH} FOR UPDATE NOWAIT`,
  ),
  (row) => ({ fingerprint: row.text("fingerprint"), answer: row.textOrNone("answer") }),
);
const INSERT = sql(
  "idempotency.start:insert",
  `INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint)
   VALUES (:userId, :operation, :key, :fingerprint)`,
);
const FINISH = sql(
  "idempotency.finish",
  `UPDATE idempotency_records SET answer = :answer WHERE ${MATCH}`,
);
const CLEAN_UP = deleteOld("idempotency.cleanUp", "idempotency_records", "created_at");

/**
 * The records of a group. Their buyers differ, and their operation is the same. The statements find
 * them by primary key. Otherwise the optimizer reads all rows of a small table, and a statement
 * would meet the locks of other buyers.
 */
const RECORDS = "idempotency_records FORCE INDEX (PRIMARY)";
const MATCH_GROUP = "(user_id, operation, idempotency_key) IN (:keys)";
const FIND_GROUP = query(
  sql(
    "idempotency.start:findAll",
    `SELECT user_id AS userId, fingerprint, answer FROM ${RECORDS}
      WHERE ${MATCH_GROUP} FOR UPDATE NOWAIT`,
  ),
  (row) => ({
    userId: row.integer("userId"),
    fingerprint: row.text("fingerprint"),
    answer: row.textOrNone("answer"),
  }),
);
const INSERT_GROUP = sql(
  "idempotency.start:insertAll",
  `INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint)
   VALUES :rows`,
);
/** Deletes one record: MariaDB reads all rows of a small table for several, also by FORCE INDEX. */
const FORGET = sql("idempotency.start:forget", `DELETE FROM idempotency_records WHERE ${MATCH}`);
const FINISH_GROUP = sql(
  "idempotency.finish:all",
  `UPDATE ${RECORDS} SET answer = ELT(FIELD(user_id, :userIds), :answers)
    WHERE ${MATCH_GROUP}`,
);

/** All statements of the idempotency store. */
export const IDEMPOTENCY_STATEMENTS: readonly Sql[] = [
  FIND,
  INSERT,
  FINISH,
  CLEAN_UP,
  FIND_GROUP,
  INSERT_GROUP,
  FORGET,
  FINISH_GROUP,
];

interface StartCall {
  readonly key: IdempotencyRecordKey;
  readonly fingerprint: string;
}

/** Stores one answer for each idempotency key. */
export function sqlIdempotencyStore(db: Database): IdempotencyStore {
  const startOne = idempotencyStart({
    find: async (tx, key) => (await db.select(tx, FIND, { ...key }))[0],
    insert: (tx, key, fingerprint) => db.change(tx, INSERT, { ...key, fingerprint }),
    failureKind: (error) => db.failureKind(error),
  });
  const start: Step<StartCall, IdempotencyStart> = {
    name: "idempotency.start",
    one: (tx, { key, fingerprint }) => startOne(tx, key, fingerprint),
    async many(tx, calls) {
      requireOneOfEach(calls.map(({ key }) => key.userId));
      const found = await db.select(tx, FIND_GROUP, { keys: rowsOf(calls) });
      const byUser = new Map(found.map((record) => [record.userId, record]));
      const started = calls.filter(({ key }) => !byUser.has(key.userId));
      if (started.length > 0) {
        const rows = inOrder(started).map(({ key, fingerprint }) => [...rowOf(key), fingerprint]);
        await db.change(tx, INSERT_GROUP, { rows });
      }
      return calls.map(({ key }) => {
        const record = byUser.get(key.userId);
        return record ? stateOf(record) : { state: "started" };
      });
    },
    wrote: ({ state }) => state === "started",
    async undo(tx, calls) {
      for (const { key } of calls) await db.change(tx, FORGET, { ...key });
    },
  };

  const finish: Step<FinishCall, void> = {
    name: "idempotency.finish",
    async one(tx, { key, answer }) {
      await db.change(tx, FINISH, { ...key, answer });
    },
    async many(tx, calls) {
      const changed = await db.change(tx, FINISH_GROUP, {
        keys: rowsOf(calls),
        userIds: calls.map(({ key }) => key.userId),
        answers: calls.map(({ answer }) => answer),
      });
      requireAll(changed, [calls.length]);
      return calls.map(() => undefined);
    },
    wrote: () => true,
  };

  return {
    start: (tx, key, fingerprint) => gather(tx, start, { key, fingerprint }),
    finish: (tx, key, answer) => gather(tx, finish, { key, answer: JSON.stringify(answer) }),
    cleanUp: oldRows(db, CLEAN_UP),
  };
}

interface FinishCall {
  readonly key: IdempotencyRecordKey;
  /** JSON text. */
  readonly answer: string;
}

const rowOf = ({ userId, operation, key }: IdempotencyRecordKey) =>
  [userId, operation, key] as const;

function inOrder<Call extends { readonly key: IdempotencyRecordKey }>(
  calls: readonly Call[],
): readonly Call[] {
  return calls.toSorted((a, b) => a.key.userId - b.key.userId);
}

const rowsOf = (calls: readonly { readonly key: IdempotencyRecordKey }[]) =>
  inOrder(calls).map(({ key }) => rowOf(key));
