import assert from "node:assert/strict";
import type { AdmissionStore, QueueRecord } from "../../ports/admissionStore.ts";
import type { AdmissionLimits } from "../../ports/invariantReader.ts";
import type { EndedAdmission, Promotion } from "../../ports/queueStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { RATE_WINDOW_US } from "../shared/queueLimits.ts";
import { settingsOf } from "../shared/queueSettings.ts";
import { ADMISSIONS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import * as statements from "./admissionStatements.ts";
import { isAscii } from "./asciiText.ts";
import type { Database } from "./database.ts";
import { oldRows } from "./deleteOld.ts";

/** Stores the settings of the queues and their admissions. */
export function sqlAdmissionStore(db: Database): AdmissionStore {
  async function findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined> {
    if (!isAscii(queueId)) return undefined;
    const [record] = await db.select(tx, statements.FIND_QUEUE, { queueId });
    // The comparison of the id column ignores spaces at the end.
    return record?.queueId === queueId ? record : undefined;
  }

  return {
    ...settingsChanges(db, findQueue),
    ...leftPlaces(db),
    findQueue,

    async ensureQueue(tx, queueId, defaults) {
      await db.change(tx, statements.ENSURE_QUEUE, { queueId, ...settingsOf(defaults) });
      const record = await findQueue(tx, queueId);
      assert(record, `queue ${queueId} was ensured in this transaction`);
      return record;
    },

    listQueueIds: (tx) => db.select(tx, statements.LIST_QUEUE_IDS),

    raiseEpoch: async (tx, queueId, epoch) =>
      (await db.change(tx, statements.RAISE_EPOCH, { queueId, epoch })) === 1,

    async recordPromotions(tx, queueId, generation, promotions) {
      const standing = await db.select(tx, statements.STANDING_GENERATION, { queueId, generation });
      if (standing.length === 0) return false;
      for (const part of statementParts(promotions, ADMISSIONS_PER_STATEMENT_MAX)) {
        const rows = part.map((promotion) => rowOf(queueId, promotion));
        await db.change(tx, statements.RECORD_PROMOTIONS, { rows });
      }
      return true;
    },

    async recordEnds(tx, queueId, ended) {
      for (const part of endParts(ended)) {
        await db.change(tx, statements.RECORD_ENDS, { queueId, ...endsOf(part) });
      }
    },

    async findAdmission(tx, queueId, sequence) {
      const admissions = await db.select(tx, statements.FIND_ADMISSION, { queueId, sequence });
      const latest = admissions.at(-1);
      if (!latest) return undefined;
      const { endedAtUs, endReason, ...admission } = latest;
      const isMissed = admissions.length === 1 && endReason === "UNCLAIMED";
      const missedAtUs = isMissed ? endedAtUs : undefined;
      return { ...admission, ended: endedAtUs !== undefined, missedAtUs };
    },

    async countAdmissions(tx, queueId, range) {
      const [total = 0] = await db.select(tx, statements.COUNT_ADMISSIONS, { queueId, ...range });
      return total;
    },

    async wasAdmittedLater(tx, queueId, { userId, sequence }) {
      const values = { queueId, userId, sequence };
      return (await db.select(tx, statements.LATER_ADMISSION, values)).length > 0;
    },

    async beginGeneration(tx, queueId, nowMs) {
      const generation = (await db.insert(tx, statements.COUNT_GENERATION, { queueId })) + 1;
      return { generation, ...(await rebuildInputOf(db, tx, queueId, nowMs)) };
    },
  };
}

function leftPlaces(db: Database): Pick<AdmissionStore, "recordLeft" | "hasLeft" | "cleanUpLeft"> {
  return {
    async recordLeft(tx, queueId, { userId, sequence }) {
      await db.change(tx, statements.RECORD_LEFT, { queueId, userId, sequence });
    },

    async hasLeft(tx, queueId, { userId, sequence }) {
      const values = { queueId, userId, sequence };
      return (await db.select(tx, statements.FIND_LEFT, values)).length > 0;
    },

    cleanUpLeft: oldRows(db, statements.DELETE_LEFT),
  };
}

type SettingsChanges = "beginSettings" | "saveSettings" | "keepFormerLimits";

function settingsChanges(
  db: Database,
  findQueue: AdmissionStore["findQueue"],
): Pick<AdmissionStore, SettingsChanges> {
  return {
    async beginSettings(tx, queueId, above) {
      await db.change(tx, statements.COUNT_SETTINGS, { queueId, above });
      return findQueue(tx, queueId);
    },

    async saveSettings(tx, queueId, settings) {
      const values = { queueId, ...settingsOf(settings) };
      await db.change(tx, statements.KEEP_FORMER_LIMITS, values);
      await db.change(tx, statements.SAVE_SETTINGS, values);
    },

    keepFormerLimits: (tx, queueId, limits) => keepLimits(db, tx, queueId, limits),
  };
}

async function keepLimits(db: Database, tx: Tx, queueId: string, limits: AdmissionLimits) {
  const { activeCountMax, admissionRatePerMinute } = limits;
  const values = { queueId, activeCountMax, admissionRatePerMinute };
  await db.insert(tx, statements.KEEP_LIMITS_IN_FORCE, values);
}

async function rebuildInputOf(db: Database, tx: Tx, queueId: string, nowMs: number) {
  const sinceUs = nowMs * 1000 - RATE_WINDOW_US;
  const active = await db.select(tx, statements.LIVE_ADMISSIONS, { queueId, nowMs });
  const recentAdmissionsUs = await db.select(tx, statements.RECENT_ADMISSIONS, {
    queueId,
    sinceUs,
  });
  const [lastSequence = 0] = await db.select(tx, statements.LAST_SEQUENCE, { queueId });
  return { active, recentAdmissionsUs, lastSequence };
}

/**
 * Splits ends into the parts that one statement takes: within a part, each sequence occurs once.
 */
function endParts(ended: readonly EndedAdmission[]): readonly EndedAdmission[][] {
  const bySequence = new Map(ended.map((end) => [end.sequence, end]));
  const others = ended.filter((end) => bySequence.get(end.sequence) !== end);
  const parts = statementParts([...bySequence.values()], ADMISSIONS_PER_STATEMENT_MAX);
  return others.length === 0 ? parts : [...parts, ...endParts(others)];
}

function endsOf(part: readonly EndedAdmission[]) {
  return {
    sequences: part.map((end) => end.sequence),
    admissions: part.map((end) => [end.sequence, end.admittedAtUs]),
    endedAtUs: part.map((end) => end.endedAtUs),
    reasons: part.map((end) => end.reason),
  };
}

function rowOf(queueId: string, promotion: Promotion): (string | number)[] {
  const { userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs } = promotion;
  return [queueId, userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs];
}
