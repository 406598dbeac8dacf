import type { Problem } from "./problem.ts";

/** The rows of `PROBLEMS` for admin tokens, plans, jobs and audit records. */
export const OPERATION_PROBLEMS = {
  ADMIN_TOKEN_INVALID: {
    status: 401,
    title: "The admin token is not valid",
    remedy: "The token is expired, altered, or not an admin token; sign a new one.",
  },
  ADMIN_ROLE_FORBIDDEN: {
    status: 403,
    title: "The role only reads",
    remedy: "Use a token of the role `operator`.",
  },
  OPERATION_NOT_FOUND: {
    status: 404,
    title: "The operation does not exist",
    remedy: "List the operations.",
  },
  NOTIFICATION_NOT_FOUND: {
    status: 404,
    title: "The notification does not exist",
    remedy: "Use a message id that `onsale notification list` shows.",
  },
  MESSAGE_NOT_FOUND: {
    status: 404,
    title: "The outbox message does not exist",
    remedy: "List the messages; cleanup deletes published ones.",
  },
  RESERVATION_PAID: {
    status: 409,
    title: "The reservation is paid",
    remedy: "Refund its payment, which `paymentId` names.",
  },
  ACCOUNT_BUSY: {
    status: 409,
    title: "The account changes at this moment",
    remedy: "Try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  RUNBOOK_NOT_FOUND: {
    status: 404,
    title: "The runbook does not exist",
    remedy: "Compare the name with the page of all runbooks.",
  },
  RUNBOOK_PRECONDITION: {
    status: 409,
    title: "The runbook does not fit the present state",
    remedy: "Make the statement in `claim` true first; `read` shows the present values.",
  },
  JOB_NOT_RUNNING: {
    status: 409,
    title: "The job does not run",
    remedy: "Look at its status; only a running job can be stopped.",
  },
  JOB_NOT_FOUND: {
    status: 404,
    title: "The job does not exist",
    remedy: "List the jobs, or make a plan.",
  },
  AUDIT_RECORD_NOT_FOUND: {
    status: 404,
    title: "The audit record does not exist",
    remedy: "List the audit records.",
  },
  PLAN_MISSING: {
    status: 409,
    title: "No valid plan exists for this change",
    remedy: "Make a plan, read it, then execute its job.",
  },
  PLAN_EXPIRED: {
    status: 409,
    title: "The plan is no longer valid",
    remedy: "Make a new plan.",
  },
  PLAN_STALE: {
    status: 409,
    title: "A fact on which the plan rests has changed",
    remedy: "Read `differences`, then make a new plan. Nothing was changed.",
  },
  JOB_RUNNING: {
    status: 409,
    title: "Another run changes the same thing",
    remedy: "Wait for the other run, then try again after `Retry-After`.",
    retryAfterSeconds: 10,
  },
  JOB_MISMATCH: {
    status: 409,
    title: "The job was planned for another change",
    remedy: "Read the job, and name the right one.",
  },
  JOB_FAILED: {
    status: 409,
    title: "The job has failed",
    remedy: "Read the job and its verifications, then make a new plan.",
  },
  REASON_REQUIRED: {
    status: 400,
    title: "A reason is required",
    remedy: "Send `reason`; the audit record keeps it.",
  },
  CONFIRMATION_REQUIRED: {
    status: 400,
    title: "A confirmation is required",
    remedy: "Send `confirm` with the name that the plan shows.",
  },
  CANNOT_UNDO: {
    status: 409,
    title: "The change cannot be undone",
    remedy: "Read `detail`, which says why.",
  },
  RUN_LOST: {
    status: 503,
    title: "The run lost its lease",
    remedy: "The saved steps stay; execute the same job again after `Retry-After`.",
    retryAfterSeconds: 10,
  },
} as const satisfies Record<string, Problem>;
