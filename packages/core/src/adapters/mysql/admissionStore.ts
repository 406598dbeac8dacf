import assert from "node:assert/strict";
import type { AdmissionStore, QueueRecord } from "../../ports/admissionStore.ts";
import type { Promotion, QueueMode } from "../../ports/queueStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { RATE_WINDOW_US } from "../shared/queueLimits.ts";
import { settingsOf } from "../shared/queueSettings.ts";
import { ADMISSIONS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import { toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

const ENSURE_QUEUE = /* sql */ `
  INSERT INTO queues
    (id, active_count_max, admission_rate_per_minute, active_ttl_ms, claim_ms, mode)
  VALUES
    (:queueId, :activeCountMax, :admissionRatePerMinute, :activeTtlMs, :activationMs, :mode)
  ON DUPLICATE KEY UPDATE id = id`;

const FIND_QUEUE = /* sql */ `
  SELECT id, epoch, active_count_max, admission_rate_per_minute, active_ttl_ms, claim_ms, mode
  FROM queues WHERE id = :queueId`;

/** The limits that the next statement ends; admissions of their time are judged by them (I7). */
const KEEP_FORMER_LIMITS = /* sql */ `
  INSERT INTO queue_former_limits (queue_id, active_count_max, admission_rate_per_minute)
  SELECT id, active_count_max, admission_rate_per_minute FROM queues
  WHERE id = :queueId AND (active_count_max <> :activeCountMax
    OR admission_rate_per_minute <> :admissionRatePerMinute)`;

const SAVE_SETTINGS = /* sql */ `
  UPDATE queues
  SET active_count_max = :activeCountMax, admission_rate_per_minute = :admissionRatePerMinute,
      active_ttl_ms = :activeTtlMs, claim_ms = :activationMs, mode = :mode
  WHERE id = :queueId`;

/** LAST_INSERT_ID(expr) makes the statement answer with the number that it found. */
const COUNT_GENERATION = /* sql */ `
  UPDATE queues SET generation = LAST_INSERT_ID(generation) + 1 WHERE id = :queueId`;

/** Shared until COMMIT: promoters record side by side, and a new generation waits for them. */
const STANDING_GENERATION = /* sql */ `
  SELECT generation FROM queues WHERE id = :queueId AND generation = :generation
  LOCK IN SHARE MODE`;

/**
 * The unique key (queue, sequence) makes a second record of the same admission change nothing.
 * Assigning the AUTO_INCREMENT column instead fails on MySQL (error 1869) when one statement has
 * the same key twice.
 */
const RECORD_PROMOTIONS = /* sql */ `
  INSERT INTO queue_admissions
    (queue_id, user_id, sequence, admitted_at_us, entered_at_us, expires_at_ms)
  VALUES :rows
  ON DUPLICATE KEY UPDATE sequence = sequence`;

/**
 * One statement for many rows: each row takes its own values by its sequence's place in the list.
 */
const RECORD_ENDS = /* sql */ `
  UPDATE queue_admissions
  SET ended_at_us = ELT(FIELD(sequence, :sequences), :endedAtUs),
      end_reason = ELT(FIELD(sequence, :sequences), :reasons)
  WHERE queue_id = :queueId AND sequence IN (:sequences) AND ended_at_us IS NULL`;

const FIND_ADMISSION = /* sql */ `
  SELECT user_id, expires_at_ms, ended_at_us IS NOT NULL AS ended
  FROM queue_admissions WHERE queue_id = :queueId AND sequence = :sequence`;

const LIVE_ADMISSIONS = /* sql */ `
  SELECT user_id, sequence, expires_at_ms
  FROM queue_admissions
  WHERE queue_id = :queueId AND expires_at_ms > :nowMs AND ended_at_us IS NULL
  ORDER BY sequence`;

const RECENT_ADMISSIONS = /* sql */ `
  SELECT admitted_at_us
  FROM queue_admissions WHERE queue_id = :queueId AND admitted_at_us >= :sinceUs`;

const LAST_SEQUENCE = /* sql */ `
  SELECT MAX(sequence) AS last_sequence FROM queue_admissions WHERE queue_id = :queueId`;

interface QueueRow {
  id: string;
  epoch: number;
  active_count_max: number;
  admission_rate_per_minute: number;
  active_ttl_ms: number;
  claim_ms: number;
  mode: QueueMode;
}

/** Numbers beyond 2^53 and unsigned BIGINTs may arrive as digits. */
type Big = number | string;

/** The waiting rooms' policy and their admissions in MySQL. */
export function mysqlAdmissionStore(db: Database): AdmissionStore {
  async function findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined> {
    const [row] = await db.select<QueueRow>(tx, FIND_QUEUE, { queueId });
    return row && recordOf(row);
  }

  return {
    findQueue,

    async ensureQueue(tx, queueId, defaults) {
      await db.change(tx, ENSURE_QUEUE, { queueId, ...settingsOf(defaults) });
      const record = await findQueue(tx, queueId);
      assert(record, `queue ${queueId} was ensured in this transaction`);
      return record;
    },

    async listQueueIds(tx) {
      const rows = await db.select<{ id: string }>(tx, "SELECT id FROM queues ORDER BY id");
      return rows.map((row) => row.id);
    },

    async saveSettings(tx, queueId, settings) {
      await db.change(tx, KEEP_FORMER_LIMITS, { queueId, ...settingsOf(settings) });
      await db.change(tx, SAVE_SETTINGS, { queueId, ...settingsOf(settings) });
    },

    async recordPromotions(tx, queueId, generation, promotions) {
      const [standing] = await db.select(tx, STANDING_GENERATION, { queueId, generation });
      if (!standing) return false;
      for (const part of statementParts(promotions, ADMISSIONS_PER_STATEMENT_MAX)) {
        await db.change(tx, RECORD_PROMOTIONS, {
          rows: part.map((promotion) => rowOf(queueId, promotion)),
        });
      }
      return true;
    },

    async recordEnds(tx, queueId, ended) {
      for (const part of statementParts(ended, ADMISSIONS_PER_STATEMENT_MAX)) {
        await db.change(tx, RECORD_ENDS, {
          queueId,
          sequences: part.map((end) => end.sequence),
          endedAtUs: part.map((end) => end.endedAtUs),
          reasons: part.map((end) => end.reason),
        });
      }
    },

    async findAdmission(tx, queueId, sequence) {
      type Row = { user_id: Big; expires_at_ms: Big; ended: number };
      const [row] = await db.select<Row>(tx, FIND_ADMISSION, { queueId, sequence });
      return (
        row && {
          userId: toInteger(row.user_id),
          expiresAtMs: toInteger(row.expires_at_ms),
          ended: row.ended === 1,
        }
      );
    },

    async beginGeneration(tx, queueId, nowMs) {
      const generation = (await db.insert(tx, COUNT_GENERATION, { queueId })) + 1;
      return { generation, ...(await rebuildInputOf(db, tx, queueId, nowMs)) };
    },
  };
}

async function rebuildInputOf(db: Database, tx: Tx, queueId: string, nowMs: number) {
  type Live = { user_id: Big; sequence: Big; expires_at_ms: Big };
  type Recent = { admitted_at_us: Big };
  type Last = { last_sequence: Big | null };
  const sinceUs = nowMs * 1000 - RATE_WINDOW_US;
  const live = await db.select<Live>(tx, LIVE_ADMISSIONS, { queueId, nowMs });
  const recent = await db.select<Recent>(tx, RECENT_ADMISSIONS, { queueId, sinceUs });
  const [last] = await db.select<Last>(tx, LAST_SEQUENCE, { queueId });
  return {
    active: live.map((row) => ({
      userId: toInteger(row.user_id),
      sequence: toInteger(row.sequence),
      expiresAtMs: toInteger(row.expires_at_ms),
    })),
    recentAdmissionsUs: recent.map((row) => toInteger(row.admitted_at_us)),
    lastSequence: toInteger(last?.last_sequence ?? 0),
  };
}

function rowOf(queueId: string, promotion: Promotion): (string | number)[] {
  const { userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs } = promotion;
  return [queueId, userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs];
}

function recordOf(row: QueueRow): QueueRecord {
  return {
    queueId: row.id,
    epoch: row.epoch,
    settings: {
      activeCountMax: row.active_count_max,
      admissionRatePerMinute: row.admission_rate_per_minute,
      activeTtlMs: row.active_ttl_ms,
      activationMs: row.claim_ms,
      mode: row.mode,
    },
  };
}
