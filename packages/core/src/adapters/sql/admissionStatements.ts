import type { QueueRecord } from "../../ports/admissionStore.ts";
import type { AnswerRow } from "./answerRow.ts";
import { deleteOld } from "./deleteOld.ts";
import { query, type Sql, sql } from "./statement.ts";

export const ENSURE_QUEUE = sql(
  "admissions.ensureQueue",
  `INSERT INTO queues
     (id, active_count_max, admission_rate_per_minute, active_ttl_ms, claim_ms, mode)
   VALUES
     (:queueId, :activeCountMax, :admissionRatePerMinute, :activeTtlMs, :activationMs, :mode)
   ON DUPLICATE KEY UPDATE id = id`,
);

export const FIND_QUEUE = query(
  sql(
    "admissions.findQueue",
    `SELECT id, epoch, active_count_max AS activeCountMax,
            admission_rate_per_minute AS admissionRatePerMinute, active_ttl_ms AS activeTtlMs,
            claim_ms AS activationMs, mode, settings_version AS settingsVersion
     FROM queues WHERE id = :queueId`,
  ),
  presentQueue,
);

export const LIST_QUEUE_IDS = query(
  sql("admissions.listQueueIds", `SELECT id FROM queues ORDER BY id`),
  (row) => row.text("id"),
);

/** Counts the next version of the settings, and locks the row until COMMIT. */
export const COUNT_SETTINGS = sql(
  "admissions.beginSettings",
  `UPDATE queues
   SET settings_version = IF(settings_version < :above, :above, settings_version) + 1
   WHERE id = :queueId`,
);

/**
 * Saves the old limits before SAVE_SETTINGS replaces them. The check of I7 compares earlier
 * admissions with the old limits.
 */
export const KEEP_FORMER_LIMITS = sql(
  "admissions.saveSettings:formerLimits",
  `INSERT INTO queue_former_limits (queue_id, active_count_max, admission_rate_per_minute)
   SELECT id, active_count_max, admission_rate_per_minute FROM queues
   WHERE id = :queueId AND (active_count_max <> :activeCountMax
     OR admission_rate_per_minute <> :admissionRatePerMinute)`,
);

export const KEEP_LIMITS_IN_FORCE = sql(
  "admissions.keepFormerLimits",
  `INSERT INTO queue_former_limits (queue_id, active_count_max, admission_rate_per_minute)
   VALUES (:queueId, :activeCountMax, :admissionRatePerMinute)`,
);

export const SAVE_SETTINGS = sql(
  "admissions.saveSettings:settings",
  `UPDATE queues
   SET active_count_max = :activeCountMax, admission_rate_per_minute = :admissionRatePerMinute,
       active_ttl_ms = :activeTtlMs, claim_ms = :activationMs, mode = :mode
   WHERE id = :queueId`,
);

export const RAISE_EPOCH = sql(
  "admissions.raiseEpoch",
  `UPDATE queues SET epoch = epoch + 1 WHERE id = :queueId AND epoch = :epoch`,
);

/**
 * Increments the generation. LAST_INSERT_ID(expr) makes the statement also return the generation
 * that it read.
 */
export const COUNT_GENERATION = sql(
  "admissions.beginGeneration:count",
  `UPDATE queues SET generation = LAST_INSERT_ID(generation) + 1 WHERE id = :queueId`,
);

/**
 * Reads the current generation and keeps a shared lock until COMMIT. Promoters can record in
 * parallel, and a new generation waits for them.
 */
export const STANDING_GENERATION = query(
  sql(
    "admissions.recordPromotions:generation",
    `SELECT generation FROM queues WHERE id = :queueId AND generation = :generation
     LOCK IN SHARE MODE`,
  ),
  (row) => row.integer("generation"),
);

/**
 * When the same admission is recorded again, the unique key (queue, sequence, time) has a row
 * already, and the statement changes nothing: it assigns `sequence` to itself. It must not assign
 * the AUTO_INCREMENT column to itself, because MySQL then fails (error 1869) when one statement has
 * the same key twice.
 */
export const RECORD_PROMOTIONS = sql(
  "admissions.recordPromotions",
  `INSERT INTO queue_admissions
     (queue_id, user_id, sequence, admitted_at_us, entered_at_us, expires_at_ms)
   VALUES :rows
   ON DUPLICATE KEY UPDATE sequence = sequence`,
);

/**
 * Updates many rows with one statement. FIELD finds the position of a row's sequence in
 * `:sequences`. ELT reads the row's new values at this position of the other two lists. A place
 * that returned to the line has two admissions; `:admissions` says which one of them ended.
 */
export const RECORD_ENDS = sql(
  "admissions.recordEnds",
  `UPDATE queue_admissions
   SET ended_at_us = ELT(FIELD(sequence, :sequences), :endedAtUs),
       end_reason = ELT(FIELD(sequence, :sequences), :reasons)
   WHERE queue_id = :queueId AND sequence IN (:sequences) AND ended_at_us IS NULL
     AND (sequence, admitted_at_us) IN (:admissions)`,
);

export const FIND_ADMISSION = query(
  sql(
    "admissions.findAdmission",
    `SELECT user_id AS userId, expires_at_ms AS expiresAtMs, ended_at_us AS endedAtUs,
            end_reason AS endReason
     FROM queue_admissions WHERE queue_id = :queueId AND sequence = :sequence
     ORDER BY admitted_at_us`,
  ),
  (row) => ({
    userId: row.integer("userId"),
    expiresAtMs: row.integer("expiresAtMs"),
    endedAtUs: row.integerOrNone("endedAtUs"),
    endReason: row.textOrNone("endReason"),
  }),
);

export const COUNT_ADMISSIONS = query(
  sql(
    "admissions.countAdmissions",
    `SELECT COUNT(*) AS total FROM queue_admissions
     WHERE queue_id = :queueId AND sequence >= :fromSequence AND sequence <= :untilSequence`,
  ),
  (row) => row.integer("total"),
);

export const LATER_ADMISSION = query(
  sql(
    "admissions.wasAdmittedLater",
    `SELECT sequence FROM queue_admissions
     WHERE queue_id = :queueId AND user_id = :userId AND sequence > :sequence
     LIMIT 1`,
  ),
  (row) => row.integer("sequence"),
);

export const LIVE_ADMISSIONS = query(
  sql(
    "admissions.beginGeneration:live",
    `SELECT user_id AS userId, sequence, admitted_at_us AS admittedAtUs,
            expires_at_ms AS expiresAtMs
     FROM queue_admissions
     WHERE queue_id = :queueId AND expires_at_ms > :nowMs AND ended_at_us IS NULL
     ORDER BY sequence, admitted_at_us`,
  ),
  (row) => ({
    userId: row.integer("userId"),
    sequence: row.integer("sequence"),
    admittedAtUs: row.integer("admittedAtUs"),
    expiresAtMs: row.integer("expiresAtMs"),
  }),
);

export const RECENT_ADMISSIONS = query(
  sql(
    "admissions.beginGeneration:recent",
    `SELECT admitted_at_us AS admittedAtUs
     FROM queue_admissions WHERE queue_id = :queueId AND admitted_at_us >= :sinceUs`,
  ),
  (row) => row.integer("admittedAtUs"),
);

export const LAST_SEQUENCE = query(
  sql(
    "admissions.beginGeneration:last",
    `SELECT MAX(sequence) AS lastSequence FROM queue_admissions WHERE queue_id = :queueId`,
  ),
  (row) => row.integerOrNone("lastSequence"),
);

export const RECORD_LEFT = sql(
  "admissions.recordLeft",
  `INSERT INTO queue_left_places (queue_id, sequence, user_id)
   VALUES (:queueId, :sequence, :userId)
   ON DUPLICATE KEY UPDATE sequence = sequence`,
);

export const FIND_LEFT = query(
  sql(
    "admissions.hasLeft",
    `SELECT sequence FROM queue_left_places
     WHERE queue_id = :queueId AND sequence = :sequence AND user_id = :userId`,
  ),
  (row) => row.integer("sequence"),
);

export const DELETE_LEFT = deleteOld("admissions.cleanUpLeft", "queue_left_places", "left_at");

/** All statements of the admission store. */
export const ADMISSION_STATEMENTS: readonly Sql[] = [
  ENSURE_QUEUE,
  FIND_QUEUE,
  LIST_QUEUE_IDS,
  COUNT_SETTINGS,
  KEEP_FORMER_LIMITS,
  KEEP_LIMITS_IN_FORCE,
  SAVE_SETTINGS,
  RAISE_EPOCH,
  COUNT_GENERATION,
  STANDING_GENERATION,
  RECORD_PROMOTIONS,
  RECORD_ENDS,
  FIND_ADMISSION,
  COUNT_ADMISSIONS,
  LATER_ADMISSION,
  LIVE_ADMISSIONS,
  RECENT_ADMISSIONS,
  LAST_SEQUENCE,
  RECORD_LEFT,
  FIND_LEFT,
  DELETE_LEFT,
];

const MODES = ["open", "paused", "draining"] as const;

function presentQueue(row: AnswerRow): QueueRecord {
  return {
    queueId: row.text("id"),
    epoch: row.integer("epoch"),
    settings: {
      activeCountMax: row.integer("activeCountMax"),
      admissionRatePerMinute: row.integer("admissionRatePerMinute"),
      activeTtlMs: row.integer("activeTtlMs"),
      activationMs: row.integer("activationMs"),
      mode: row.oneOf("mode", MODES),
    },
    settingsVersion: row.integer("settingsVersion"),
  };
}
