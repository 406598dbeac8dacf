import type { JsonObject, OperationStore } from "../../ports/operationStore.ts";
import { isAscii } from "./asciiText.ts";
import type { Database } from "./database.ts";
import * as statements from "./operationStatements.ts";

/** Stores plans, jobs and audit records. A plan is valid by the database's clock. */
export function sqlOperationStore(db: Database): OperationStore {
  return { ...jobStore(db), ...auditStore(db) };
}

type AuditMethods =
  | "openAudit"
  | "interruptAudit"
  | "countAudit"
  | "closeAudit"
  | "findAudit"
  | "listAudit";

function jobStore(db: Database): Omit<OperationStore, AuditMethods> {
  return {
    async addJob(tx, { validMs, input, plan, undoes, ...job }) {
      const values = {
        ...job,
        input: JSON.stringify(input),
        plan: JSON.stringify(plan),
        undoes: undoes ?? null,
        validUs: Math.round(validMs * 1000),
      };
      try {
        return (await db.change(tx, statements.ADD_JOB, values)) === 1;
      } catch (error) {
        if (db.failureKind(error) === "duplicate") return false;
        throw error;
      }
    },

    findJob: async (tx, jobId) =>
      isAscii(jobId) ? (await db.select(tx, statements.FIND_JOB, { jobId }))[0] : undefined,

    findNewestPlan: async (tx, { operation, inputHash, undoes = null }) =>
      (await db.select(tx, statements.FIND_NEWEST_PLAN, { operation, inputHash, undoes }))[0],

    findNewestJob: async (tx, { operation, inputHash, undoes = null, statuses }) =>
      (
        await db.select(tx, statements.FIND_NEWEST_JOB, {
          ...{ operation, inputHash, undoes },
          statuses: statuses ?? statements.JOB_STATUSES,
        })
      )[0],

    listUndoJobs: (tx, filter) => db.select(tx, statements.LIST_UNDO_JOBS, { ...filter }),

    listJobs: (tx, { status, max }) =>
      db.select(tx, statements.LIST_JOBS, {
        statuses: status === undefined ? statements.JOB_STATUSES : [status],
        max,
      }),

    async lockLease(tx, lease) {
      return (await db.select(tx, statements.LOCK_LEASE, { ...lease })).length === 1;
    },

    async saveProgress(tx, jobId, from, { status, checkpoint, changed, outcome }) {
      const [locked] = await db.select(tx, statements.LOCK_JOB, { jobId, from });
      if (!locked) return undefined;
      const values = {
        ...{ jobId, status, changed },
        checkpoint: textOf(checkpoint),
        outcome: textOf(outcome),
      };
      await db.change(tx, statements.SAVE_PROGRESS, values);
      return locked;
    },

    async requestStop(tx, jobId, by) {
      const running = await db.select(tx, statements.LOCK_JOB, { jobId, from: ["RUNNING"] });
      if (running.length === 0) return false;
      await db.change(tx, statements.REQUEST_STOP, { jobId, by });
      return true;
    },
  };
}

function auditStore(db: Database): Pick<OperationStore, AuditMethods> {
  return {
    async openAudit(tx, { operator, reason, before, undoes, ...record }) {
      await db.change(tx, statements.INTERRUPT_AUDIT, { jobId: record.jobId });
      await db.change(tx, statements.FORGET_STOP, { jobId: record.jobId });
      return db.insert(tx, statements.OPEN_AUDIT, {
        ...record,
        operator: operator.name,
        host: operator.host,
        command: operator.command,
        reason: reason ?? null,
        undoes: undoes ?? null,
        before: JSON.stringify(before),
      });
    },

    async interruptAudit(tx, jobId) {
      await db.change(tx, statements.INTERRUPT_AUDIT, { jobId });
    },

    async countAudit(tx, id, changed) {
      await db.change(tx, statements.COUNT_AUDIT, { id, changed });
    },

    async closeAudit(tx, id, { outcome, changed, after }) {
      await db.change(tx, statements.CLOSE_AUDIT, { id, outcome, changed, after: textOf(after) });
    },

    findAudit: async (tx, id) => (await db.select(tx, statements.FIND_AUDIT, { id }))[0],

    async listAudit(tx, { beforeId, operation, operator, jobId, max }) {
      if (!isAscii(operation ?? "") || !isAscii(jobId ?? "")) return [];
      return db.select(tx, statements.LIST_AUDIT, {
        beforeId: beforeId ?? null,
        // An empty filter is no filter.
        operation: operation || null,
        operator: operator?.normalize("NFC") || null,
        jobId: jobId || null,
        max,
      });
    },
  };
}

function textOf(object: JsonObject | undefined): string | null {
  return object === undefined ? null : JSON.stringify(object);
}
