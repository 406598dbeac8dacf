import {
  AuditRecordNotFoundError,
  findOperation,
  JobNotFoundError,
  OPERATIONS,
  planOperation,
  planUndo,
  QueueNotFoundError,
} from "@onsale/core";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody } from "../../http/fields.ts";
import { concertEndpoints } from "./concertRoutes.ts";
import * as present from "./presenter.ts";
import { runJob } from "./runOperation.ts";
import * as schema from "./schema.ts";
import { changing, PLAN_ERRORS, reading } from "./traits.ts";

/**
 * Refusals of the plans of some operations, because the thing that the operation would change does
 * not exist or is in the wrong state.
 */
const OTHER_PLAN_ERRORS = [
  "PERFORMANCE_NOT_FOUND",
  "PERFORMANCE_IN_PAST",
  "MESSAGE_NOT_FOUND",
  "RESERVATION_NOT_FOUND",
  "RESERVATION_PAID",
  "RESERVATION_STATE_CONFLICT",
  "SEAT_NOT_IN_RESERVATION",
  "HOLD_EXPIRED",
  "PAYMENT_NOT_FOUND",
  "PAYMENT_ALREADY_REFUNDED",
  "BALANCE_LIMIT",
  "RUNBOOK_NOT_FOUND",
  "RUNBOOK_PRECONDITION",
] as const;
const RUN_ERRORS = [
  "PLAN_MISSING",
  "PLAN_EXPIRED",
  "PLAN_STALE",
  "JOB_RUNNING",
  "JOB_MISMATCH",
  "JOB_FAILED",
  "REASON_REQUIRED",
  "CONFIRMATION_REQUIRED",
  "RUN_LOST",
  "SEAT_CONTENDED",
] as const;

/** Maximum number of runs that the answer about a job shows. */
const RUNS_MAX = 100;

/** The endpoints that plan, execute and show changes. */
const operationEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    ...reading,
    operationId: "listOperations",
    path: "/admin/operations",
    summary: "List the operations that can be planned",
    errors: [],
    answer: schema.operationList,
    async handle() {
      return { data: { operations: OPERATIONS.map(({ name, summary }) => ({ name, summary })) } };
    },
  }),
  defineEndpoint({
    ...changing,
    operationId: "planOperation",
    path: "/admin/operations/{name}/plans",
    summary: "Plan an operation: what it would change",
    description: "Changes nothing. Execute the job of the plan within its validity.",
    status: 201,
    errors: ["OPERATION_NOT_FOUND", ...PLAN_ERRORS, ...OTHER_PLAN_ERRORS],
    params: schema.operationParams,
    body: schema.planBody,
    answer: schema.planned,
    async handle({ core, params, body }) {
      const operation = findOperation(params.name);
      const plan = await planOperation(core, { operation, input: body.input });
      return { data: present.presentPlanned(plan) };
    },
  }),
  defineEndpoint({
    ...changing,
    operationId: "executeJob",
    path: "/admin/jobs/{jobId}/execute",
    summary: "Execute a planned job, or continue it",
    description:
      "A job that needs longer than half of the request's time stops between two steps with the " +
      "status STOPPED; the same request continues it. A job that has ended is only reported.",
    status: 200,
    errors: ["JOB_NOT_FOUND", "CANNOT_UNDO", ...RUN_ERRORS],
    params: schema.jobParams,
    body: schema.executeBody,
    answer: schema.report,
    async handle(call) {
      const job = await call.core.operations.findJob(null, call.params.jobId);
      if (!job) throw new JobNotFoundError(call.params.jobId);
      return { data: present.presentReport(await runJob(call, job, call.body)) };
    },
  }),
  defineEndpoint({
    ...reading,
    operationId: "listJobs",
    path: "/admin/jobs",
    summary: "List plans and jobs, newest first",
    errors: [],
    query: schema.jobsQuery,
    answer: schema.jobList,
    async handle({ core, query }) {
      const { status, limit } = query;
      const jobs = await core.operations.listJobs(null, { status, max: limit });
      return { data: { jobs: jobs.map(present.presentJob) } };
    },
  }),
  defineEndpoint({
    ...reading,
    operationId: "job",
    path: "/admin/jobs/{jobId}",
    summary: "Show a job and its runs",
    errors: ["JOB_NOT_FOUND"],
    params: schema.jobParams,
    answer: schema.jobAnswer,
    async handle({ core, params: { jobId } }) {
      const job = await core.operations.findJob(null, jobId);
      if (!job) throw new JobNotFoundError(jobId);
      const runs = await core.operations.listAudit(null, { jobId, max: RUNS_MAX });
      return { data: { job: present.presentJob(job), runs: runs.map(present.presentAudit) } };
    },
  }),
];

/** The endpoints for audit records. */
const auditEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    ...reading,
    operationId: "listAudit",
    path: "/admin/audit",
    summary: "List audit records, newest first",
    errors: [],
    query: schema.auditQuery,
    answer: schema.auditList,
    async handle({ core, query }) {
      const { operation, operator, before, limit } = query;
      const records = await core.operations.listAudit(null, {
        ...{ operation, operator, beforeId: before, max: limit },
      });
      return { data: { records: records.map(present.presentAudit) } };
    },
  }),
  defineEndpoint({
    ...reading,
    operationId: "auditRecord",
    path: "/admin/audit/{auditId}",
    summary: "Show an audit record with the state before and after",
    errors: ["AUDIT_RECORD_NOT_FOUND"],
    params: schema.auditParams,
    answer: schema.auditAnswer,
    async handle({ core, params: { auditId } }) {
      const record = await core.operations.findAudit(null, auditId);
      if (!record) throw new AuditRecordNotFoundError(auditId);
      return { data: { record: present.presentAudit(record) } };
    },
  }),
  defineEndpoint({
    ...changing,
    operationId: "planUndo",
    path: "/admin/audit/{auditId}/undo-plans",
    summary: "Plan the inverse of an audited change",
    status: 201,
    errors: ["AUDIT_RECORD_NOT_FOUND", "CANNOT_UNDO", ...PLAN_ERRORS],
    params: schema.auditParams,
    body: noBody,
    answer: schema.planned,
    async handle({ core, params }) {
      return { data: present.presentPlanned(await planUndo(core, params.auditId)) };
    },
  }),
];

/** The endpoints that show queues and the outbox. */
const statusEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    ...reading,
    operationId: "listQueues",
    path: "/admin/queues",
    summary: "Show the queues with their settings and counts",
    errors: [],
    answer: schema.queueList,
    async handle({ core }) {
      const ids = await core.admissions.listQueueIds(null);
      const queues = await Promise.all(
        ids.map(async (id) => {
          const record = await core.admissions.findQueue(null, id);
          const stats = await core.queue.stats(id);
          return record && present.presentQueue(record, "status" in stats ? undefined : stats);
        }),
      );
      return { data: { queues: queues.filter((one) => one !== undefined) } };
    },
  }),
  defineEndpoint({
    ...reading,
    operationId: "listPlaces",
    path: "/admin/queues/{queueId}/places",
    summary: "List the waiting buyers in line, or the active ones",
    errors: ["QUEUE_NOT_FOUND"],
    params: schema.queueParams,
    query: schema.placesQuery,
    answer: schema.placeList,
    async handle({ core, params: { queueId }, query }) {
      if (!(await core.admissions.findQueue(null, queueId))) throw new QueueNotFoundError(queueId);
      const { status, offset, limit } = query;
      const page = await core.queue.list(queueId, status, { offset, max: limit });
      if ("status" in page) return { data: { total: 0, places: [] } };
      return { data: { total: page.total, places: page.places.map(present.presentPlace) } };
    },
  }),
  defineEndpoint({
    ...reading,
    operationId: "outboxStatus",
    path: "/admin/outbox",
    summary: "Show how many messages wait for the broker, and for how long",
    errors: [],
    answer: schema.outboxStatus,
    async handle({ core }) {
      const counts = await core.outbox.counts(null);
      const { pending, published, dead, oldestPendingAgeMs } = counts;
      return { data: { pending, published, dead, oldestPendingAgeMs } };
    },
  }),
];

/** The endpoints for operators. */
export const adminEndpoints: readonly Endpoint[] = [
  ...concertEndpoints,
  ...operationEndpoints,
  ...auditEndpoints,
  ...statusEndpoints,
];
