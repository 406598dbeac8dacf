import type { AuditOutcome, AuditRecord, Job, JobStatus } from "../../ports/operationStore.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import type { AnswerRow } from "./answerRow.ts";
import { LOCK_VALID_LEASE } from "./leaseStore.ts";
import { query, type Sql, sql } from "./statement.ts";

/** Every status of a job. */
export const JOB_STATUSES: readonly JobStatus[] = [
  "PLANNED",
  "RUNNING",
  "STOPPED",
  "DONE",
  "FAILED",
];
const OUTCOMES: readonly AuditOutcome[] = ["OPEN", "INTERRUPTED", "STOPPED", "DONE", "FAILED"];

export const ADD_JOB = sql(
  "operations.addJob",
  `INSERT INTO operation_jobs
     (id, operation, input, input_hash, plan, plan_hash, undoes, valid_until)
   VALUES (:id, :operation, :input, :inputHash, :plan, :planHash, :undoes,
           NOW(6) + INTERVAL :validUs MICROSECOND)`,
);

const JOB_COLUMNS = `id, operation, input, input_hash AS inputHash, plan, plan_hash AS planHash,
          undoes, status, checkpoint, changed, planned_at AS plannedAt,
          valid_until AS validUntil, valid_until > NOW(6) AS isValid, outcome`;

export const FIND_JOB = query(
  sql("operations.findJob", `SELECT ${JOB_COLUMNS} FROM operation_jobs WHERE id = :jobId`),
  presentJob,
);

export const FIND_NEWEST_PLAN = query(
  sql(
    "operations.findNewestPlan",
    `SELECT ${JOB_COLUMNS} FROM operation_jobs
     WHERE operation = :operation AND input_hash = :inputHash AND status = 'PLANNED'
       AND (undoes = :undoes OR (:undoes IS NULL AND undoes IS NULL))
       AND valid_until > NOW(6)
     ORDER BY planned_at DESC, id DESC LIMIT 1`,
  ),
  presentJob,
);

export const FIND_NEWEST_JOB = query(
  sql(
    "operations.findNewestJob",
    `SELECT ${JOB_COLUMNS} FROM operation_jobs
     WHERE operation = :operation AND input_hash = :inputHash AND status IN (:statuses)
       AND (undoes = :undoes OR (:undoes IS NULL AND undoes IS NULL))
     ORDER BY planned_at DESC, id DESC LIMIT 1`,
  ),
  presentJob,
);

export const LIST_UNDO_JOBS = query(
  sql(
    "operations.listUndoJobs",
    `SELECT ${JOB_COLUMNS} FROM operation_jobs
     WHERE operation = :operation AND input_hash = :inputHash AND status <> 'PLANNED'
       AND undoes IN (:auditIds)
     ORDER BY planned_at DESC, id DESC`,
  ),
  presentJob,
);

export const LIST_JOBS = query(
  sql(
    "operations.listJobs",
    `SELECT ${JOB_COLUMNS} FROM operation_jobs
     WHERE status IN (:statuses)
     ORDER BY planned_at DESC, id DESC LIMIT :max`,
  ),
  presentJob,
);

/** Locks the lease until COMMIT, so that no other run acquires it before the step is saved. */
export const LOCK_LEASE = query(sql("operations.lockLease", LOCK_VALID_LEASE), (row) =>
  row.integer("epoch"),
);

/**
 * Decides whether progress can be saved, and reads a request to stop. The count of the UPDATE
 * cannot decide it, because MySQL does not count a row whose values stay the same.
 */
export const LOCK_JOB = query(
  sql(
    "operations.saveProgress:lock",
    `SELECT stop_requested_by AS stopRequestedBy FROM operation_jobs
     WHERE id = :jobId AND status IN (:from) FOR UPDATE`,
  ),
  (row) => ({ stopRequestedBy: row.textOrNone("stopRequestedBy") }),
);

export const SAVE_PROGRESS = sql(
  "operations.saveProgress",
  `UPDATE operation_jobs
   SET status = :status, checkpoint = :checkpoint, changed = :changed, outcome = :outcome
   WHERE id = :jobId`,
);

export const REQUEST_STOP = sql(
  "operations.requestStop",
  `UPDATE operation_jobs SET stop_requested_by = :by WHERE id = :jobId`,
);

export const FORGET_STOP = sql(
  "operations.openAudit:forgetStop",
  "UPDATE operation_jobs SET stop_requested_by = NULL WHERE id = :jobId",
);

export const INTERRUPT_AUDIT = sql(
  "operations.openAudit:interrupt",
  `UPDATE ops_audit SET outcome = 'INTERRUPTED', closed_at = NOW(6)
   WHERE job_id = :jobId AND outcome = 'OPEN'`,
);

export const OPEN_AUDIT = sql(
  "operations.openAudit",
  `INSERT INTO ops_audit
     (job_id, operation, operator, host, command, reason, plan_hash, undoes, state_before)
   VALUES (:jobId, :operation, :operator, :host, :command, :reason, :planHash, :undoes, :before)`,
);

export const COUNT_AUDIT = sql(
  "operations.countAudit",
  "UPDATE ops_audit SET changed = :changed WHERE id = :id",
);

export const CLOSE_AUDIT = sql(
  "operations.closeAudit",
  `UPDATE ops_audit
   SET outcome = :outcome, changed = :changed, closed_at = NOW(6), state_after = :after
   WHERE id = :id AND outcome = 'OPEN'`,
);

const AUDIT_COLUMNS = `id, job_id AS jobId, operation, operator, host, command, reason,
          plan_hash AS planHash, undoes, outcome, changed, opened_at AS openedAt,
          closed_at AS closedAt, state_before AS stateBefore, state_after AS stateAfter`;

export const FIND_AUDIT = query(
  sql("operations.findAudit", `SELECT ${AUDIT_COLUMNS} FROM ops_audit WHERE id = :id`),
  presentAudit,
);

export const LIST_AUDIT = query(
  sql(
    "operations.listAudit",
    `SELECT ${AUDIT_COLUMNS} FROM ops_audit
     WHERE (:beforeId IS NULL OR id < :beforeId)
       AND (:operation IS NULL OR operation = :operation)
       AND (:operator IS NULL OR operator = :operator)
       AND (:jobId IS NULL OR job_id = :jobId)
     ORDER BY id DESC LIMIT :max`,
  ),
  presentAudit,
);

/** All statements of this store. */
export const OPERATION_STATEMENTS: readonly Sql[] = [
  ADD_JOB,
  FIND_JOB,
  FIND_NEWEST_PLAN,
  FIND_NEWEST_JOB,
  LIST_UNDO_JOBS,
  LIST_JOBS,
  LOCK_LEASE,
  LOCK_JOB,
  SAVE_PROGRESS,
  REQUEST_STOP,
  FORGET_STOP,
  INTERRUPT_AUDIT,
  OPEN_AUDIT,
  COUNT_AUDIT,
  CLOSE_AUDIT,
  FIND_AUDIT,
  LIST_AUDIT,
];

function presentJob(row: AnswerRow): Job {
  return {
    id: row.text("id"),
    operation: row.text("operation"),
    input: jsonObject(row.text("input")),
    inputHash: row.text("inputHash"),
    plan: jsonObject(row.text("plan")),
    planHash: row.text("planHash"),
    undoes: row.integerOrNone("undoes"),
    status: row.oneOf("status", JOB_STATUSES),
    checkpoint: objectOrNone(row, "checkpoint"),
    changed: row.integer("changed"),
    plannedAt: row.date("plannedAt"),
    validUntil: row.date("validUntil"),
    isValid: row.flag("isValid"),
    outcome: objectOrNone(row, "outcome"),
  };
}

function presentAudit(row: AnswerRow): AuditRecord {
  return {
    id: row.integer("id"),
    jobId: row.text("jobId"),
    operation: row.text("operation"),
    operator: {
      name: row.text("operator"),
      host: row.text("host"),
      command: row.text("command"),
    },
    reason: row.textOrNone("reason"),
    planHash: row.text("planHash"),
    undoes: row.integerOrNone("undoes"),
    outcome: row.oneOf("outcome", OUTCOMES),
    changed: row.integer("changed"),
    openedAt: row.date("openedAt"),
    closedAt: row.dateOrNone("closedAt"),
    before: jsonObject(row.text("stateBefore")),
    after: objectOrNone(row, "stateAfter"),
  };
}

function objectOrNone(
  row: AnswerRow,
  column: string,
): Readonly<Record<string, unknown>> | undefined {
  const text = row.textOrNone(column);
  return text === undefined ? undefined : jsonObject(text);
}
