import type { AggregateType } from "../../events/eventCatalog.ts";
import type {
  BucketLease,
  OutboxCounts,
  OutboxMessage,
  OutboxStore,
} from "../../ports/outboxStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import { lastError } from "../shared/lastError.ts";
import { toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

const APPEND = /* sql */ `
  INSERT INTO outbox_messages
    (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
  VALUES :rows`;

const COLUMNS = /* sql */ `
  m.id, m.message_id, m.aggregate_type, m.aggregate_id, m.aggregate_version, m.type, m.payload,
  m.bucket, m.attempts, m.created_at`;

const PENDING = /* sql */ `
  SELECT ${COLUMNS}
  FROM outbox_messages m FORCE INDEX (outbox_messages_due)
  WHERE m.bucket = :bucket AND m.status = 'PENDING'
  ORDER BY m.id LIMIT :max`;

/**
 * One statement, so one snapshot: two reads could see version 2 of an aggregate without its version
 * 1. The index is forced because published rows outnumber the others by far.
 */
const DUE = /* sql */ `
  SELECT ${COLUMNS}
  FROM outbox_messages m FORCE INDEX (outbox_messages_due)
  LEFT JOIN (
    SELECT aggregate_type, aggregate_id, MIN(aggregate_version) AS blocked_version
    FROM outbox_messages FORCE INDEX (outbox_messages_due)
    WHERE bucket = :bucket
      AND (status = 'DEAD' OR (status = 'PENDING' AND next_attempt_at > NOW(6)))
    GROUP BY aggregate_type, aggregate_id
  ) blocked ON blocked.aggregate_type = m.aggregate_type AND blocked.aggregate_id = m.aggregate_id
  WHERE m.bucket = :bucket AND m.status = 'PENDING' AND m.next_attempt_at <= NOW(6)
    AND (blocked.blocked_version IS NULL OR m.aggregate_version < blocked.blocked_version)
  ORDER BY m.id LIMIT :max`;

/** Held until COMMIT, so that nobody takes the bucket over between the two writes that follow. */
const FENCE = /* sql */ `
  SELECT epoch FROM leases
  WHERE name = :name AND owner = :owner AND epoch = :epoch AND expires_at > NOW(6)
  FOR UPDATE`;

const NOTE_PUBLICATIONS = /* sql */ `
  INSERT INTO outbox_publications
    (message_id, aggregate_type, aggregate_id, aggregate_version, owner)
  SELECT message_id, aggregate_type, aggregate_id, aggregate_version, :owner
  FROM outbox_messages WHERE id IN (:ids) AND status = 'PENDING' ORDER BY id`;

/** By the primary key: through the index on the state it would wait for rows of others. */
const MARK_PUBLISHED = /* sql */ `
  UPDATE outbox_messages FORCE INDEX (PRIMARY)
  SET status = 'PUBLISHED', published_at = NOW(6), attempts = attempts + 1, last_error = NULL
  WHERE id IN (:ids) AND status = 'PENDING'`;

const MARK_FAILED = /* sql */ `
  UPDATE outbox_messages FORCE INDEX (PRIMARY)
  SET attempts = attempts + 1, last_error = :error, status = IF(:dead, 'DEAD', 'PENDING'),
      next_attempt_at = NOW(6) + INTERVAL :retryInUs MICROSECOND
  WHERE id = :id AND status = 'PENDING'`;

const COUNT_BY_STATUS = "SELECT status, COUNT(*) AS messages FROM outbox_messages GROUP BY status";

const OLDEST_PENDING = /* sql */ `
  SELECT COALESCE(TIMESTAMPDIFF(MICROSECOND, MIN(created_at), NOW(6)), 0) AS age_us
  FROM outbox_messages WHERE status = 'PENDING'`;

const DELETE_PUBLISHED = /* sql */ `
  DELETE FROM outbox_messages
  WHERE status = 'PUBLISHED' AND published_at < NOW(6) - INTERVAL :ageUs MICROSECOND
  ORDER BY published_at LIMIT :max`;

/** By primary key from the low end, where the oldest are: the table has no index on the time. */
const OLD_PUBLICATIONS = /* sql */ `
  SELECT id FROM (
    SELECT id, published_at FROM outbox_publications ORDER BY id LIMIT :max
  ) oldest
  WHERE oldest.published_at < NOW(6) - INTERVAL :ageUs MICROSECOND`;

const DELETE_PUBLICATIONS = "DELETE FROM outbox_publications WHERE id IN (:ids)";

interface MessageRow {
  readonly id: number;
  readonly message_id: string;
  readonly aggregate_type: AggregateType;
  readonly aggregate_id: number;
  readonly aggregate_version: number;
  readonly type: string;
  readonly payload: string;
  readonly bucket: number;
  readonly attempts: number;
  readonly created_at: Date;
}

function toMessage(row: MessageRow): OutboxMessage {
  return {
    id: toInteger(row.id),
    messageId: row.message_id,
    aggregateType: row.aggregate_type,
    aggregateId: toInteger(row.aggregate_id),
    aggregateVersion: row.aggregate_version,
    type: row.type,
    payload: jsonObject(row.payload),
    bucket: row.bucket,
    attempts: row.attempts,
    createdAt: row.created_at,
  };
}

/** Outbox messages in MySQL; what the database's clock says is due. */
export function mysqlOutboxStore(db: Database): OutboxStore {
  async function markInside(tx: Tx, lease: BucketLease, ids: readonly number[]): Promise<number> {
    const fence = await db.select(tx, FENCE, { ...lease });
    if (fence.length === 0) return 0;
    await db.change(tx, NOTE_PUBLICATIONS, { owner: lease.owner, ids });
    return db.change(tx, MARK_PUBLISHED, { ids });
  }

  return {
    async append(tx, messages) {
      if (messages.length === 0) return;
      const rows = messages.map((message) => [
        message.messageId,
        message.aggregateType,
        message.aggregateId,
        message.aggregateVersion,
        message.type,
        JSON.stringify(message.payload),
        message.bucket,
      ]);
      await db.insert(tx, APPEND, { rows });
      for (const { messageId } of messages) db.noteCommitMarker(tx, messageId);
    },

    async pending(tx, bucket, max) {
      const rows = await db.select<MessageRow>(tx, PENDING, { bucket, max });
      return rows.map(toMessage);
    },

    async due(tx, bucket, max) {
      const rows = await db.select<MessageRow>(tx, DUE, { bucket, max });
      return rows.map(toMessage);
    },

    async markPublished(tx, lease, ids) {
      if (ids.length === 0) return 0;
      return markInside(tx, lease, ids);
    },

    async markFailed(tx, id, { error, retryInMs, dead }) {
      await db.change(tx, MARK_FAILED, {
        id,
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
        dead,
      });
    },

    counts: (tx) => readCounts(db, tx),

    async cleanUp(tx, ageMs, max) {
      const ageUs = Math.round(ageMs * 1000);
      const messages = await db.change(tx, DELETE_PUBLISHED, { ageUs, max });
      const old = await db.select<{ id: number }>(tx, OLD_PUBLICATIONS, { ageUs, max });
      if (old.length === 0) return messages;
      const ids = old.map(({ id }) => toInteger(id));
      return messages + (await db.change(tx, DELETE_PUBLICATIONS, { ids }));
    },
  };
}

async function readCounts(db: Database, tx: TxOrNone): Promise<OutboxCounts> {
  const rows = await db.select<{ status: string; messages: number }>(tx, COUNT_BY_STATUS);
  const byStatus = new Map(rows.map(({ status, messages }) => [status, toInteger(messages)]));
  const [oldest] = await db.select<{ age_us: number | string }>(tx, OLDEST_PENDING);
  return {
    pending: byStatus.get("PENDING") ?? 0,
    published: byStatus.get("PUBLISHED") ?? 0,
    dead: byStatus.get("DEAD") ?? 0,
    oldestPendingAgeMs: Math.max(0, toInteger(oldest?.age_us ?? 0) / 1000),
  };
}
