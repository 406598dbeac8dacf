import type {
  FailureCounts,
  MessageRecord,
  PublicationRecord,
  SelectedMessages,
} from "../../ports/outboxAdminStore.ts";
import type { MessageStatus } from "../../ports/outboxStore.ts";
import type { AnswerRow } from "./answerRow.ts";
import { AGGREGATE_TYPES, MESSAGE_COLUMNS, presentMessage } from "./outboxStatements.ts";
import { query, type Sql, sql } from "./statement.ts";

const STATUSES: readonly MessageStatus[] = ["PENDING", "PUBLISHED", "DEAD", "DISCARDED"];

/** A failed message blocks the later ones of its aggregate. */
const FAILED = "(f.status = 'DEAD' OR (f.status = 'PENDING' AND f.last_error IS NOT NULL))";

const EARLIER_FAILED = `FROM outbox_messages f FORCE INDEX (outbox_messages_version)
          WHERE f.aggregate_type = m.aggregate_type AND f.aggregate_id = m.aggregate_id
            AND f.aggregate_version < m.aggregate_version AND ${FAILED}`;

const RECORD_COLUMNS = `${MESSAGE_COLUMNS}, m.status, m.next_attempt_at AS nextAttemptAt,
          IF(m.status = 'PUBLISHED' OR m.replay_job IS NOT NULL, m.published_at, NULL)
            AS publishedAt,
          m.last_error AS lastError, m.replay_job AS replayJob, m.replayed_at AS replayedAt,
          m.discard_audit AS discardAudit,
          (SELECT MIN(f.aggregate_version) ${EARLIER_FAILED}) AS blockedByVersion`;

const SELECTED = `(:isAnyId OR m.id IN (:ids))
       AND (:aggregateType IS NULL OR m.aggregate_type = :aggregateType)
       AND (:aggregateId IS NULL OR m.aggregate_id = :aggregateId)
       AND (:type IS NULL OR m.type = :type)
       AND (:since IS NULL OR m.created_at >= :since)
       AND (:until IS NULL OR m.created_at < :until)`;

export const LIST = query(
  sql(
    "outboxAdmin.list",
    `SELECT ${RECORD_COLUMNS}
     FROM outbox_messages m
     WHERE ${SELECTED} AND m.status IN (:statuses) AND (:beforeId IS NULL OR m.id < :beforeId)
       AND (:blocked = 'any' OR (:blocked = 'yes' AND EXISTS (SELECT f.id ${EARLIER_FAILED}))
            OR (:blocked = 'no' AND NOT EXISTS (SELECT f.id ${EARLIER_FAILED})))
     ORDER BY m.id DESC LIMIT :max`,
  ),
  presentRecord,
);

export const FIND_BY_ID = query(
  sql("outboxAdmin.find:id", `SELECT ${RECORD_COLUMNS} FROM outbox_messages m WHERE m.id = :id`),
  presentRecord,
);

export const FIND_BY_MESSAGE_ID = query(
  sql(
    "outboxAdmin.find:messageId",
    `SELECT ${RECORD_COLUMNS} FROM outbox_messages m WHERE m.message_id = :messageId`,
  ),
  presentRecord,
);

export const LIST_VERSION = query(
  sql(
    "outboxAdmin.listVersion",
    `SELECT ${RECORD_COLUMNS}
     FROM outbox_messages m FORCE INDEX (outbox_messages_version)
     WHERE m.aggregate_type = :aggregateType AND m.aggregate_id = :aggregateId
       AND m.aggregate_version = :aggregateVersion`,
  ),
  presentRecord,
);

export const LIST_LATER = query(
  sql(
    "outboxAdmin.listLater",
    `SELECT ${RECORD_COLUMNS}
     FROM outbox_messages m FORCE INDEX (outbox_messages_version)
     WHERE m.aggregate_type = :aggregateType AND m.aggregate_id = :aggregateId
       AND m.aggregate_version > :aggregateVersion AND m.status = 'PENDING'
     ORDER BY m.aggregate_version LIMIT :max`,
  ),
  presentRecord,
);

export const LIST_PUBLICATIONS = query(
  sql(
    "outboxAdmin.listPublications",
    `SELECT id, published_at AS publishedAt, owner, replay_job AS replayJob
     FROM outbox_publications FORCE INDEX (outbox_publications_aggregate)
     WHERE aggregate_type = :aggregateType AND aggregate_id = :aggregateId
       AND message_id = :messageId
     ORDER BY id LIMIT :max`,
  ),
  (row): PublicationRecord => ({
    id: row.integer("id"),
    publishedAt: row.date("publishedAt"),
    owner: row.text("owner"),
    replayJob: row.textOrNone("replayJob"),
  }),
);

/** Reads the few failed messages first, so that a long backlog without failures costs one scan. */
export const COUNT_BLOCKED = query(
  sql(
    "outboxAdmin.countBlocked",
    `SELECT COUNT(*) AS messages
     FROM (
       SELECT f.aggregate_type, f.aggregate_id, MIN(f.aggregate_version) AS failed_version
       FROM outbox_messages f FORCE INDEX (outbox_messages_published)
       WHERE f.status IN ('PENDING', 'DEAD') AND ${FAILED}
       GROUP BY f.aggregate_type, f.aggregate_id
     ) failed
     JOIN outbox_messages m FORCE INDEX (outbox_messages_version)
       ON m.aggregate_type = failed.aggregate_type AND m.aggregate_id = failed.aggregate_id
     WHERE m.aggregate_version > failed.failed_version AND m.status = 'PENDING'`,
  ),
  (row) => row.integer("messages"),
);

export const COUNT_BY_BUCKET = query(
  sql(
    "outboxAdmin.countByBucket",
    `SELECT bucket, status, COUNT(*) AS messages,
            TIMESTAMPDIFF(MICROSECOND, MIN(COALESCE(replayed_at, created_at)), NOW(6)) AS oldestUs
     FROM outbox_messages FORCE INDEX (outbox_messages_published)
     WHERE status IN ('PENDING', 'DEAD')
     GROUP BY bucket, status`,
  ),
  (row) => ({
    bucket: row.integer("bucket"),
    status: row.oneOf("status", STATUSES),
    messages: row.integer("messages"),
    oldestMs: row.integer("oldestUs") / 1000,
  }),
);

export const LIST_FAILURES = query(
  sql(
    "outboxAdmin.listFailures",
    `SELECT aggregate_type AS aggregateType, last_error AS error, COUNT(*) AS messages,
            MAX(next_attempt_at) AS latestAt
     FROM outbox_messages FORCE INDEX (outbox_messages_published)
     WHERE status IN ('PENDING', 'DEAD') AND last_error IS NOT NULL
     GROUP BY aggregate_type, last_error
     ORDER BY MAX(next_attempt_at) DESC, aggregate_type, last_error LIMIT :max`,
  ),
  (row): FailureCounts => ({
    aggregateType: row.oneOf("aggregateType", AGGREGATE_TYPES),
    error: row.text("error"),
    messages: row.integer("messages"),
    latestAt: row.date("latestAt"),
  }),
);

/** Reads the newest publications by their ids, because the table has no index on the time. */
export const COUNT_PUBLICATIONS = query(
  sql(
    "outboxAdmin.countPublications",
    `SELECT COUNT(*) AS publications FROM (
       SELECT id, published_at FROM outbox_publications ORDER BY id DESC LIMIT :max
     ) newest
     WHERE newest.published_at > NOW(6) - INTERVAL :withinUs MICROSECOND`,
  ),
  (row) => row.integer("publications"),
);

export const COUNT_SELECTED = query(
  sql(
    "outboxAdmin.countSelected",
    `SELECT COUNT(*) AS messages, MIN(m.id) AS firstId, MAX(m.id) AS lastId
     FROM outbox_messages m
     WHERE ${SELECTED} AND m.status = :status`,
  ),
  (row): SelectedMessages => ({
    count: row.integer("messages"),
    firstId: row.integerOrNone("firstId"),
    lastId: row.integerOrNone("lastId"),
  }),
);

export const NEXT_SELECTED = query(
  sql(
    "outboxAdmin.nextSelected",
    `SELECT ${RECORD_COLUMNS}
     FROM outbox_messages m FORCE INDEX (PRIMARY)
     WHERE ${SELECTED} AND m.status = :status AND m.id > :afterId AND m.id <= :upToId
     ORDER BY m.id LIMIT :max`,
  ),
  presentRecord,
);

export const COUNT_PUBLISHED_BEFORE = query(
  sql(
    "outboxAdmin.countPublishedBefore",
    `SELECT COUNT(*) AS messages FROM outbox_messages m
     WHERE ${SELECTED} AND m.status = 'PUBLISHED'
       AND m.published_at <= NOW(6) - INTERVAL :ageUs MICROSECOND`,
  ),
  (row) => row.integer("messages"),
);

export const COUNT_REPLAYED = query(
  sql(
    "outboxAdmin.countReplayed",
    `SELECT status, COUNT(*) AS messages FROM outbox_messages FORCE INDEX (PRIMARY)
     WHERE id >= :firstId AND id <= :lastId AND replay_job = :jobId
     GROUP BY status`,
  ),
  (row) => [row.oneOf("status", STATUSES), row.integer("messages")] as const,
);

export const REPLAY = sql(
  "outboxAdmin.replay",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET status = 'PENDING', attempts = 0, next_attempt_at = NOW(6), last_error = NULL,
       replay_job = :jobId, replayed_at = NOW(6)
   WHERE id IN (:ids) AND status = 'PUBLISHED'
     AND published_at > NOW(6) - INTERVAL :withinUs MICROSECOND`,
);

export const REDRIVE = sql(
  "outboxAdmin.redrive",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET status = 'PENDING', attempts = 0, next_attempt_at = NOW(6), last_error = NULL
   WHERE id IN (:ids) AND status = 'DEAD'`,
);

export const DISCARD = sql(
  "outboxAdmin.discard",
  `UPDATE outbox_messages FORCE INDEX (PRIMARY)
   SET status = 'DISCARDED', discard_audit = :auditId
   WHERE id IN (:ids) AND status = 'DEAD'`,
);

/** All statements of this store. */
export const OUTBOX_ADMIN_STATEMENTS: readonly Sql[] = [
  LIST,
  FIND_BY_ID,
  FIND_BY_MESSAGE_ID,
  LIST_VERSION,
  LIST_LATER,
  LIST_PUBLICATIONS,
  COUNT_BLOCKED,
  COUNT_BY_BUCKET,
  LIST_FAILURES,
  COUNT_PUBLICATIONS,
  COUNT_SELECTED,
  NEXT_SELECTED,
  COUNT_PUBLISHED_BEFORE,
  COUNT_REPLAYED,
  REPLAY,
  REDRIVE,
  DISCARD,
];

function presentRecord(row: AnswerRow): MessageRecord {
  const status = row.oneOf("status", STATUSES);
  const failedVersion = row.integerOrNone("blockedByVersion");
  const blockedByVersion = status === "PENDING" ? failedVersion : undefined;
  return {
    ...presentMessage(row),
    state: blockedByVersion === undefined ? status : "BLOCKED",
    blockedByVersion,
    nextAttemptAt: row.date("nextAttemptAt"),
    publishedAt: row.dateOrNone("publishedAt"),
    lastError: row.textOrNone("lastError"),
    replayJob: row.textOrNone("replayJob"),
    replayedAt: row.dateOrNone("replayedAt"),
    discardAudit: row.integerOrNone("discardAudit"),
  };
}
