import type {
  AuditRecord,
  Job,
  JobReport,
  ListedPlace,
  OperationPlan,
  PlannedJob,
  QueueRecord,
  QueueStats,
} from "@onsale/core";
import type { z } from "zod";
import type { auditAnswer, jobList, placeList, planned, queueList, report } from "./schema.ts";

type AuditAnswer = z.input<typeof auditAnswer>["record"];
type JobAnswer = z.input<typeof jobList>["jobs"][number];
type PlaceAnswer = z.input<typeof placeList>["places"][number];
type QueueAnswer = z.input<typeof queueList>["queues"][number];
type PlannedAnswer = z.input<typeof planned>;
type ReportAnswer = z.input<typeof report>;

/** Presents a plan of an operator. */
export function presentPlanned({ job, plan, confirmation }: PlannedJob): PlannedAnswer {
  return {
    jobId: job.id,
    operation: job.operation,
    planHash: job.planHash,
    validUntil: job.validUntil.toISOString(),
    plan: presentPlan(plan),
    confirmation: confirmation ?? null,
  };
}

/** Presents the result of a run. */
export function presentReport(done: JobReport): ReportAnswer {
  const { jobId, status, changed, isRepetition, stopped } = done;
  return {
    ...{ jobId, status, changed, isRepetition },
    plan: presentPlan(done.plan),
    verifications: [...done.verifications],
    stopped: stopped ? { reason: stopped.reason, detail: stopped.detail ?? null } : null,
    auditId: done.auditId ?? null,
  };
}

function presentPlan({ sample, notes, facts, ...plan }: OperationPlan) {
  return { ...plan, facts: { ...facts }, sample: [...sample], notes: [...notes] };
}

/** Presents an audit record. */
export function presentAudit(record: AuditRecord): AuditAnswer {
  const { id, jobId, operation, operator, outcome, changed } = record;
  return {
    ...{ id, jobId, operation, outcome, changed },
    ...{ operator: operator.name, host: operator.host, command: operator.command },
    reason: record.reason ?? null,
    openedAt: record.openedAt.toISOString(),
    closedAt: record.closedAt?.toISOString() ?? null,
    before: { ...record.before },
    after: record.after ? { ...record.after } : null,
    undoes: record.undoes ?? null,
  };
}

/** Presents a job with its input and its plan. */
export function presentJob(job: Job): JobAnswer {
  const { id, operation, status, changed, input, plan } = job;
  return {
    ...{ id, operation, status, changed },
    input: { ...input },
    plan: { ...plan },
    plannedAt: job.plannedAt.toISOString(),
    validUntil: job.validUntil.toISOString(),
  };
}

/** Presents a queue with its counts. @param stats undefined when Redis has no state of the queue */
export function presentQueue(
  { queueId, epoch, settings }: QueueRecord,
  stats: QueueStats | undefined,
): QueueAnswer {
  return {
    ...{ queueId, epoch, settings: { ...settings } },
    live: stats
      ? {
          waiting: stats.waitingCount,
          active: stats.activeCount,
          admittedLastMinute: stats.recentAdmissions,
        }
      : null,
  };
}

/** Presents a place of a queue. */
export function presentPlace({
  userId,
  sequence,
  expiresAtMs,
  isActivated,
}: ListedPlace): PlaceAnswer {
  const expiresAt = expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString();
  return { userId, sequence, expiresAt, isActivated };
}
