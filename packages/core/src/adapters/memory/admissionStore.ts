import assert from "node:assert/strict";
import type { AdmissionStore, QueueRecord } from "../../ports/admissionStore.ts";
import type { EndedAdmission, Promotion, QueueSettings } from "../../ports/queueStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { RATE_WINDOW_US } from "../shared/queueLimits.ts";
import { settingsOf } from "../shared/queueSettings.ts";
import { ADMISSIONS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { AdmissionRow, QueueRow } from "./database/rows.ts";
import type { Statement } from "./database/statement.ts";
import { keyOf } from "./database/tables.ts";
import { toUs } from "./times.ts";

const PLACE = "queue_admissions_place";

/** The waiting rooms' policy and their admissions in memory. */
export function memoryAdmissionStore(db: MemoryDb): AdmissionStore {
  const { queues } = db.tables;
  return {
    findQueue: (tx, queueId) => db.run(tx, "admissions.findQueue", (s) => record(db, s, queueId)),

    async ensureQueue(tx, queueId, defaults) {
      await db.run(tx, "admissions.ensureQueue:insert", (s) => {
        const row = { id: queueId, epoch: 1, generation: 0, ...settingsOf(defaults) };
        return s.insert(queues, row, "lock");
      });
      const found = await db.run(tx, "admissions.ensureQueue:find", (s) => record(db, s, queueId));
      assert(found, `queue ${queueId} was ensured in this transaction`);
      return found;
    },

    listQueueIds: (tx) =>
      db.run(tx, "admissions.listQueueIds", (s) =>
        s
          .all(queues)
          .map(({ id }) => id)
          .sort(),
      ),

    async saveSettings(tx, queueId, settings) {
      await db.run(tx, "admissions.saveSettings:formerLimits", (s) =>
        keepFormerLimits(db, s, queueId, settings),
      );
      await db.run(tx, "admissions.saveSettings:settings", (s) =>
        s.update(
          queues,
          queues.of([queueId]),
          () => true,
          (row) => ({ ...row, ...settingsOf(settings) }),
        ),
      );
    },

    ...promotions(db),

    beginGeneration: (tx, queueId, nowMs) => beginGeneration(db, tx, queueId, nowMs),
  };
}

type Promotions = Pick<AdmissionStore, "recordPromotions" | "recordEnds" | "findAdmission">;

function promotions(db: MemoryDb): Promotions {
  const { queues, queueAdmissions } = db.tables;
  return {
    async recordPromotions(tx, queueId, generation, promotions) {
      const stands = await db.run(tx, "admissions.recordPromotions:generation", (s) =>
        s.lock(queues.of([queueId]), (row) => row.generation === generation, { mode: "shared" }),
      );
      if (stands.length === 0) return false;
      for (const part of statementParts(promotions, ADMISSIONS_PER_STATEMENT_MAX)) {
        await db.run(tx, "admissions.recordPromotions", (s) => {
          const rows = part.map((promotion) => rowOf(queueAdmissions.nextId(), queueId, promotion));
          // The unique key makes a second recording of the same admission a change of nothing.
          return s.insertAll(queueAdmissions, rows, "lock");
        });
      }
      return true;
    },

    async recordEnds(tx, queueId, ended) {
      for (const part of statementParts(ended, ADMISSIONS_PER_STATEMENT_MAX)) {
        await db.run(tx, "admissions.recordEnds", (s) => endAdmissions(db, s, queueId, part));
      }
    },

    findAdmission: (tx, queueId, sequence) =>
      db.run(tx, "admissions.findAdmission", (s) => {
        const [row] = s.where(queueAdmissions, PLACE, keyOf(queueId, sequence));
        if (!row) return undefined;
        const { userId, expiresAtMs, endedAtUs } = row;
        return { userId, expiresAtMs, ended: endedAtUs !== null };
      }),
  };
}

async function beginGeneration(db: MemoryDb, tx: Tx, queueId: string, nowMs: number) {
  const { queues } = db.tables;
  const generation = await db.run(tx, "admissions.beginGeneration:count", async (s) => {
    let counted = 0;
    await s.update(
      queues,
      queues.of([queueId]),
      () => true,
      (row) => {
        counted = row.generation + 1;
        return { ...row, generation: counted };
      },
    );
    return counted;
  });
  return { generation, ...(await rebuildInputOf(db, tx, queueId, nowMs)) };
}

/** The limits that the next statement ends; admissions of their time are judged by them (I7). */
async function keepFormerLimits(
  { tables }: MemoryDb,
  s: Statement,
  queueId: string,
  settings: QueueSettings,
): Promise<void> {
  const queue = s.find(tables.queues, queueId);
  if (!queue) return;
  const { activeCountMax, admissionRatePerMinute } = queue;
  const areSame =
    activeCountMax === settings.activeCountMax &&
    admissionRatePerMinute === settings.admissionRatePerMinute;
  if (areSame) return;
  await s.insert(tables.queueFormerLimits, {
    id: tables.queueFormerLimits.nextId(),
    queueId,
    activeCountMax,
    admissionRatePerMinute,
    endedAtUs: s.nowUs,
  });
}

/** Each admission takes the first of the ends that name its place. */
function endAdmissions(
  { tables }: MemoryDb,
  s: Statement,
  queueId: string,
  ended: readonly EndedAdmission[],
): Promise<number> {
  const { queueAdmissions } = tables;
  const ends = new Map(ended.toReversed().map((end) => [end.sequence, end]));
  const sequences = [...ends.keys()].sort((a, b) => a - b);
  return s.update(
    queueAdmissions,
    sequences.flatMap((sequence) => [...queueAdmissions.by(PLACE, keyOf(queueId, sequence))]),
    (row) => row.queueId === queueId && ends.has(row.sequence) && row.endedAtUs === null,
    (row) => {
      const end = ends.get(row.sequence);
      return { ...row, endedAtUs: end?.endedAtUs ?? null, endReason: end?.reason ?? null };
    },
  );
}

async function rebuildInputOf(db: MemoryDb, tx: Tx, queueId: string, nowMs: number) {
  const { queueAdmissions } = db.tables;
  const sinceUs = toUs(nowMs) - RATE_WINDOW_US;
  const promotions = (s: Statement): AdmissionRow[] => s.where(queueAdmissions, "queue", queueId);
  const active = await db.run(tx, "admissions.beginGeneration:live", (s) =>
    promotions(s)
      .filter((row) => row.expiresAtMs > nowMs && row.endedAtUs === null)
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ userId, sequence, expiresAtMs }) => ({ userId, sequence, expiresAtMs })),
  );
  const recentAdmissionsUs = await db.run(tx, "admissions.beginGeneration:recent", (s) =>
    promotions(s)
      .map(({ admittedAtUs }) => admittedAtUs)
      .filter((admittedAtUs) => admittedAtUs >= sinceUs)
      .sort((a, b) => a - b),
  );
  const lastSequence = await db.run(tx, "admissions.beginGeneration:last", (s) =>
    promotions(s).reduce((last, { sequence }) => Math.max(last, sequence), 0),
  );
  return { active, recentAdmissionsUs, lastSequence };
}

function rowOf(id: number, queueId: string, promotion: Promotion): AdmissionRow {
  const { userId, sequence, admittedAtUs, enteredAtUs, expiresAtMs } = promotion;
  return {
    id,
    queueId,
    userId,
    sequence,
    admittedAtUs,
    enteredAtUs,
    expiresAtMs,
    endedAtUs: null,
    endReason: null,
  };
}

function record({ tables }: MemoryDb, s: Statement, queueId: string): QueueRecord | undefined {
  const row: QueueRow | undefined = s.find(tables.queues, queueId);
  return row && { queueId: row.id, epoch: row.epoch, settings: settingsOf(row) };
}
