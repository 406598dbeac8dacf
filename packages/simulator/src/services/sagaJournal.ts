import assert from "node:assert/strict";
import type { CoreContext, Tx, TxOrNone } from "@onsale/core";
import { type Database, type DatabaseChange, query, sql } from "@onsale/core/sql";

/**
 * The aggregates of the saga's own messages, with the id of the reservation. Each service has an
 * outbox and topics of its own, so these messages meet no message of the product with the same key:
 * the payment service owns payments, and the reservation service reservations.
 */
export const REQUESTS = "payment";
export const REFUSALS = "reservation";

/**
 * The steps that the reservation service records. Each is an outbox message of the aggregate
 * `REQUESTS`, so the last one is the state of the payment. A product would keep the state in a
 * column; the schema stays as it is for the experiment.
 */
const STEPS = [
  "payment.requested",
  "payment.refused",
  "refund.requested",
  "refund.finished",
] as const;
export type SagaStep = (typeof STEPS)[number];

/** A step of the saga with the version of its message. */
export interface RecordedStep {
  readonly type: SagaStep;
  readonly version: number;
}

export interface SagaMessage {
  readonly aggregateType: typeof REQUESTS | typeof REFUSALS;
  readonly reservationId: number;
  readonly version: number;
  readonly type: SagaStep;
  readonly payload: Readonly<Record<string, number>>;
}

/** The statements of the saga that the stores of the product do not have. */
export interface SagaJournal {
  /** Locks the reservation until the transaction ends, so that steps of one saga wait. */
  lock(tx: Tx, reservationId: number): Promise<void>;
  /** Returns the last recorded step; undefined for a reservation without a request. */
  last(tx: TxOrNone, reservationId: number): Promise<RecordedStep | undefined>;
  /** Returns how often the payment service has refused a payment of this reservation. */
  refusals(tx: Tx, reservationId: number): Promise<number>;
  append(core: CoreContext, tx: Tx, message: SagaMessage): Promise<void>;
  /** Confirms the reservation and sells its seats without a condition: a planted fault. */
  confirmAnyway(tx: Tx, reservationId: number, seatIds: readonly number[]): Promise<void>;
}

const APPEND = sql(
  "saga.append",
  `INSERT INTO outbox_messages
     (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
   VALUES :rows`,
);
const LAST = query(
  sql(
    "saga.last",
    `SELECT type, aggregate_version AS version FROM outbox_messages
      WHERE aggregate_type = :aggregateType AND aggregate_id = :reservationId
      ORDER BY aggregate_version DESC LIMIT 1`,
  ),
  (row): RecordedStep => ({ type: row.oneOf("type", STEPS), version: row.integer("version") }),
);
const LOCK = query(
  sql("saga.lock", "SELECT id FROM reservations WHERE id = :reservationId FOR UPDATE"),
  (row) => row.integer("id"),
);
const CONFIRM_ANYWAY = sql(
  "saga.confirmAnyway",
  "UPDATE reservations SET status = 'CONFIRMED', version = version + 1 WHERE id = :reservationId",
);
const SELL_ANYWAY = sql(
  "saga.sellAnyway",
  `UPDATE seats SET status = 'SOLD', reservation_id = :reservationId WHERE id IN (:seatIds)`,
);

/**
 * Opens the statements of the saga on the database of a core. Pass `databaseChange` to the core;
 * `journal` may be used when the core is open.
 * @param counted wraps the database, to count its work
 */
export function openSagaJournal(counted: (db: Database) => Database = (db) => db): {
  readonly databaseChange: DatabaseChange;
  readonly journal: SagaJournal;
} {
  let opened: Database | undefined;
  const database = (): Database => {
    assert(opened, "the core of this journal is open");
    return opened;
  };
  const databaseChange: DatabaseChange = {
    statements: [APPEND, LAST, LOCK, CONFIRM_ANYWAY, SELL_ANYWAY],
    change(db) {
      opened = counted(db);
      return opened;
    },
  };
  return { databaseChange, journal: journalOver(database) };
}

function journalOver(database: () => Database): SagaJournal {
  async function last(tx: TxOrNone, aggregateType: string, reservationId: number) {
    const [found] = await database().select(tx, LAST, { aggregateType, reservationId });
    return found;
  }
  return {
    async lock(tx, reservationId) {
      await database().select(tx, LOCK, { reservationId });
    },
    last: (tx, reservationId) => last(tx, REQUESTS, reservationId),
    refusals: async (tx, reservationId) => (await last(tx, REFUSALS, reservationId))?.version ?? 0,
    async append(core, tx, { aggregateType, reservationId, version, type, payload }) {
      const messageId = core.ids.uuid();
      const bucket = reservationId % core.config.outbox.buckets;
      const text = JSON.stringify(payload);
      const row = [messageId, aggregateType, reservationId, version, type, text, bucket];
      await database().insert(tx, APPEND, { rows: [row] });
      database().noteCommitMarker(tx, messageId);
    },
    async confirmAnyway(tx, reservationId, seatIds) {
      await database().change(tx, CONFIRM_ANYWAY, { reservationId });
      await database().change(tx, SELL_ANYWAY, { reservationId, seatIds });
    },
  };
}

/** The journal of a shop without a split: no payment has a saga. */
export function withoutSaga(journal: SagaJournal): SagaJournal {
  return { ...journal, last: async () => undefined };
}
