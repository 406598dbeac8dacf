import type { OutboxMessage } from "../../ports/outboxStore.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import type { AnswerRow } from "./answerRow.ts";
import { query, type Sql, sql } from "./statement.ts";

export const APPEND = sql(
  "outbox.append",
  `INSERT INTO outbox_messages
     (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
   VALUES :rows`,
);

/** The columns of `presentMessage`; the table's alias is `m`. */
export const MESSAGE_COLUMNS = `m.id, m.message_id AS messageId, m.aggregate_type AS aggregateType,
          m.aggregate_id AS aggregateId, m.aggregate_version AS aggregateVersion, m.type,
          m.payload, m.bucket, m.attempts, m.created_at AS createdAt`;

export const PENDING = query(
  sql(
    "outbox.pending",
    `SELECT ${MESSAGE_COLUMNS}
     FROM outbox_messages m FORCE INDEX (outbox_messages_due)
     WHERE m.bucket = :bucket AND m.status = 'PENDING'
     ORDER BY m.id LIMIT :max`,
  ),
  presentMessage,
);

/**
 * Reads due messages in one statement, because one statement reads one snapshot. Two statements
 * could read version 2 of an aggregate without its version 1. FORCE INDEX is needed because most
 * rows are published and must not be scanned.
 */
export const DUE = query(
  sql(
    "outbox.due",
    `SELECT ${MESSAGE_COLUMNS}
     FROM outbox_messages m FORCE INDEX (outbox_messages_due)
     LEFT JOIN (
       SELECT aggregate_type, aggregate_id, MIN(aggregate_version) AS blocked_version
       FROM outbox_messages FORCE INDEX (outbox_messages_due)
       WHERE bucket = :bucket
         AND (status = 'DEAD' OR (status = 'PENDING' AND next_attempt_at > NOW(6)))
       GROUP BY aggregate_type, aggregate_id
     ) blocked
       ON blocked.aggregate_type = m.aggregate_type AND blocked.aggregate_id = m.aggregate_id
     WHERE m.bucket = :bucket AND m.status = 'PENDING' AND m.next_attempt_at <= NOW(6)
       AND (blocked.blocked_version IS NULL OR m.aggregate_version < blocked.blocked_version)
     ORDER BY m.id LIMIT :max`,
  ),
  presentMessage,
);

/**
 * Locks the leases until COMMIT, so that no other relay acquires one of the buckets before the next
 * two writes. A lease that has expired or has another owner is missing in the answer.
 */
export const FENCE = query(
  sql(
    "outbox.markPublished:fence",
    `SELECT name, epoch FROM leases
     WHERE name IN (:names) AND owner = :owner AND expires_at > NOW(6)
     ORDER BY name FOR UPDATE`,
  ),
  (row) => [row.text("name"), row.integer("epoch")] as const,
);

export const NOTE_PUBLICATIONS = sql(
  "outbox.markPublished:publications",
  `INSERT INTO outbox_publications
     (message_id, aggregate_type, aggregate_id, aggregate_version, owner, replay_job)
   SELECT message_id, aggregate_type, aggregate_id, aggregate_version, :owner, replay_job
   FROM outbox_messages WHERE id IN (:ids) AND status = 'PENDING' ORDER BY id`,
);

/**
 * Finds rows by primary key. A scan of the index on the state would wait for locks of other rows.
 * `published_at` has a meaningless value before the first publication, so that the row changes in
 * place. A replayed message keeps the time of its first publication, because consumers forget a
 * message some time after it was first published. Cleanup must delete the message before that, so
 * the age counts from the first publication.
 */
export const MARK_PUBLISHED = sql(
  "outbox.markPublished:messages",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET status = 'PUBLISHED', published_at = IF(replay_job IS NULL, NOW(6), published_at),
       attempts = attempts + 1, last_error = NULL
   WHERE id IN (:ids) AND status = 'PENDING'`,
);

/**
 * Names the attempts that the relay has read. A relay that has lost its bucket does not overwrite
 * what the next one has marked, nor what an operator has made due again.
 */
export const MARK_FAILED = sql(
  "outbox.markFailed",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET attempts = attempts + 1, last_error = :error, status = IF(:dead, 'DEAD', 'PENDING'),
       next_attempt_at = NOW(6) + INTERVAL :retryInUs MICROSECOND
   WHERE id = :id AND status = 'PENDING' AND attempts = :attempts`,
);

export const POSTPONE = sql(
  "outbox.postpone",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET attempts = attempts + 1, last_error = :error,
       next_attempt_at = NOW(6) + INTERVAL :retryInUs MICROSECOND
   WHERE id IN (:ids) AND status = 'PENDING' AND (id, attempts) IN (:attempts)`,
);

export const COUNT_BY_STATUS = query(
  sql("outbox.counts", `SELECT status, COUNT(*) AS messages FROM outbox_messages GROUP BY status`),
  (row) => [row.text("status"), row.integer("messages")] as const,
);

/** Reads only unpublished messages, however many are published. */
export const COUNT_BACKLOG = query(
  sql(
    "outbox.backlog",
    `SELECT status, COUNT(*) AS messages
     FROM outbox_messages FORCE INDEX (outbox_messages_published)
     WHERE status IN ('PENDING', 'DEAD') GROUP BY status`,
  ),
  (row) => [row.text("status"), row.integer("messages")] as const,
);

export const OLDEST_PENDING = query(
  sql(
    "outbox.oldestPending",
    `SELECT COALESCE(
              TIMESTAMPDIFF(MICROSECOND, MIN(COALESCE(replayed_at, created_at)), NOW(6)), 0
            ) AS ageUs
     FROM outbox_messages WHERE status = 'PENDING'`,
  ),
  (row) => row.integer("ageUs"),
);

/**
 * The order names `status` too, because MariaDB does not see that it is constant when the collation
 * of the connection differs from that of the column, and would sort all old rows for each batch.
 */
export const DELETE_PUBLISHED = sql(
  "outbox.cleanUp:messages",
  `DELETE FROM outbox_messages
   WHERE status = 'PUBLISHED' AND published_at < NOW(6) - INTERVAL :ageUs MICROSECOND
   ORDER BY status, published_at LIMIT :max`,
);

/**
 * Reads the oldest rows at the low end of the primary key, because the table has no index on the
 * time.
 */
export const OLD_PUBLICATIONS = query(
  sql(
    "outbox.cleanUp:oldPublications",
    `SELECT id FROM (
       SELECT id, published_at FROM outbox_publications ORDER BY id LIMIT :max
     ) oldest
     WHERE oldest.published_at < NOW(6) - INTERVAL :ageUs MICROSECOND`,
  ),
  (row) => row.integer("id"),
);

export const DELETE_PUBLICATIONS = sql(
  "outbox.cleanUp:publications",
  `DELETE FROM outbox_publications WHERE id IN (:ids)`,
);

/** All statements of the outbox store. */
export const OUTBOX_STATEMENTS: readonly Sql[] = [
  APPEND,
  PENDING,
  DUE,
  FENCE,
  NOTE_PUBLICATIONS,
  MARK_PUBLISHED,
  MARK_FAILED,
  POSTPONE,
  COUNT_BY_STATUS,
  COUNT_BACKLOG,
  OLDEST_PENDING,
  DELETE_PUBLISHED,
  OLD_PUBLICATIONS,
  DELETE_PUBLICATIONS,
];

export const AGGREGATE_TYPES = ["reservation", "payment", "point-account"] as const;

/** Reads the columns of `MESSAGE_COLUMNS`. */
export function presentMessage(row: AnswerRow): OutboxMessage {
  return {
    id: row.integer("id"),
    messageId: row.text("messageId"),
    aggregateType: row.oneOf("aggregateType", AGGREGATE_TYPES),
    aggregateId: row.integer("aggregateId"),
    aggregateVersion: row.integer("aggregateVersion"),
    type: row.text("type"),
    payload: jsonObject(row.text("payload")),
    bucket: row.integer("bucket"),
    attempts: row.integer("attempts"),
    createdAt: row.date("createdAt"),
  };
}
