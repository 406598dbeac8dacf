import {
  addedPerformanceSchema,
  createdConcertSchema,
  hiddenMistake,
  newConcertSchema,
  newPerformanceSchema,
  planSchema,
  refusing,
} from "@onsale/core";
import { z } from "zod";
import {
  answerId,
  bodyInt,
  boundedText,
  filterText,
  instant,
  pathId,
  queryInt,
  queueId,
} from "../../http/fields.ts";

export const createConcertBody = newConcertSchema.meta({ id: "CreateConcertRequest" });
export const addPerformanceBody = newPerformanceSchema.meta({ id: "AddPerformanceRequest" });

const jsonObject = z.record(z.string(), z.unknown());
const STATUSES = ["PLANNED", "RUNNING", "STOPPED", "DONE", "FAILED"] as const;
const limit = queryInt(1, 100, 20);
const offset = queryInt(0, 999_999_999, 0);

export const operationParams = z.strictObject({ name: z.string().max(64) });
export const jobParams = z.strictObject({ jobId: z.uuid() });
export const auditParams = z.strictObject({ auditId: pathId });
export const queueParams = z.strictObject({ queueId });
export const concertParams = z.strictObject({ concertId: pathId });

export const planBody = z
  .strictObject({ input: jsonObject.meta({ description: "What the operation needs" }) })
  .meta({ id: "PlanRequest" });

export const executeBody = z
  .strictObject({
    reason: boundedText(1000)
      .superRefine(refusing((text) => hiddenMistake(text.replace(/[\n\t]/g, " "))))
      .optional()
      .meta({ description: "Kept in the audit record; no control characters but line breaks" }),
    confirm: boundedText(100)
      .optional()
      .meta({ description: "The name that a dangerous plan asks for" }),
    max: bodyInt(1, Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: "Stop after this many changes" }),
    perSecond: bodyInt(1, Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: "Maximum number of changes per second" }),
  })
  .meta({ id: "ExecuteRequest" });

export const jobsQuery = z.strictObject({
  status: z.enum(STATUSES).optional(),
  limit,
});
export const auditQuery = z.strictObject({
  operation: filterText(64).optional(),
  operator: filterText(100).optional(),
  before: pathId.optional().meta({ description: "Records with a lower id only" }),
  limit,
});
export const placesQuery = z.strictObject({
  status: z.enum(["WAITING", "ACTIVE"]).default("WAITING"),
  offset,
  limit,
});

const operation = z.object({ name: z.string(), summary: z.string() }).meta({ id: "Operation" });
export const operationList = z
  .object({ operations: z.array(operation) })
  .meta({ id: "OperationList" });

const plan = planSchema.meta({ id: "OperationPlan" });

export const planned = z
  .object({
    jobId: z.string(),
    operation: z.string(),
    planHash: z.string(),
    validUntil: instant,
    plan,
    confirmation: z
      .string()
      .nullable()
      .meta({ description: "The name to send as `confirm`; null when none is needed" }),
  })
  .meta({ id: "PlannedJob" });

const verification = z
  .object({ claim: z.string(), holds: z.boolean(), read: z.string() })
  .meta({ id: "Verification" });
const stoppedRun = z
  .object({ reason: z.string(), detail: z.string().nullable() })
  .meta({ id: "StoppedRun" });

export const report = z
  .object({
    jobId: z.string(),
    status: z.enum(STATUSES),
    changed: z.int().min(0),
    plan,
    verifications: z.array(verification),
    stopped: stoppedRun
      .nullable()
      .meta({ description: "Why the run stopped; execute the same job again to continue" }),
    isRepetition: z.boolean().meta({ description: "The job had ended before this request" }),
    auditId: answerId.nullable(),
  })
  .meta({ id: "JobReport" });

const auditRecord = z
  .object({
    id: answerId,
    jobId: z.string(),
    operation: z.string(),
    operator: z.string(),
    host: z.string(),
    command: z.string(),
    reason: z.string().nullable(),
    outcome: z.string(),
    changed: z.int().min(0),
    openedAt: instant,
    closedAt: instant.nullable(),
    before: jsonObject,
    after: jsonObject.nullable(),
    undoes: answerId.nullable(),
  })
  .meta({ id: "AuditRecord" });
export const auditList = z.object({ records: z.array(auditRecord) }).meta({ id: "AuditList" });
export const auditAnswer = z.object({ record: auditRecord }).meta({ id: "AuditAnswer" });

const job = z
  .object({
    id: z.string(),
    operation: z.string(),
    status: z.enum(STATUSES),
    changed: z.int().min(0),
    input: jsonObject,
    plan: jsonObject,
    plannedAt: instant,
    validUntil: instant,
  })
  .meta({ id: "Job" });
export const jobList = z.object({ jobs: z.array(job) }).meta({ id: "JobList" });
export const jobAnswer = z.object({ job, runs: z.array(auditRecord) }).meta({ id: "JobAnswer" });

const liveQueue = z
  .object({
    waiting: z.int().min(0),
    active: z.int().min(0),
    admittedLastMinute: z.int().min(0),
  })
  .meta({ id: "LiveQueue" });
const queue = z
  .object({
    queueId: z.string(),
    epoch: z.int(),
    settings: jsonObject,
    live: liveQueue.nullable().meta({ description: "null: Redis has no state of the queue" }),
  })
  .meta({ id: "QueueStatus" });
export const queueList = z.object({ queues: z.array(queue) }).meta({ id: "QueueList" });

export const placeList = z
  .object({
    total: z.int().min(0),
    places: z.array(
      z
        .object({
          userId: answerId,
          sequence: z.int(),
          expiresAt: instant.nullable(),
          isActivated: z.boolean(),
        })
        .meta({ id: "QueuePlace" }),
    ),
  })
  .meta({ id: "PlaceList" });

export const outboxStatus = z
  .object({
    pending: z.int().min(0),
    published: z.int().min(0),
    dead: z.int().min(0),
    oldestPendingAgeMs: z.number().min(0),
  })
  .meta({ id: "OutboxStatus" });

export const createdConcert = createdConcertSchema.meta({ id: "CreatedConcert" });
export const addedPerformance = addedPerformanceSchema.meta({ id: "AddedPerformance" });
