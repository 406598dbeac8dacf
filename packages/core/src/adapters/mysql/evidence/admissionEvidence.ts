import type { Evidence } from "../../../ports/evidenceStore.ts";
import {
  type AdmissionLimits,
  type AdmissionSweep,
  type LimitsPeriod,
  periodsOf,
  type SweptAdmission,
  sweepLimits,
  sweepTurns,
} from "../../evidence/admissionSweep.ts";
import { sumEvidence } from "../../evidence/findings.ts";
import { toInteger } from "../convert.ts";
import type { Database } from "../database.ts";

/** Admissions read at a time: a few hundred KiB, whatever the size of the sale. */
const PAGE_SIZE = 5_000;

/** The limits as they stand. */
const QUEUES = /* sql */ `
  SELECT id AS queueId, active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute
  FROM queues ORDER BY id`;

/** What the limits were before each change, oldest first. */
const FORMER_LIMITS = /* sql */ `
  SELECT active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute,
    CAST(UNIX_TIMESTAMP(ended_at) * 1000000 AS UNSIGNED) AS untilUs
  FROM queue_former_limits WHERE queue_id = :queueId ORDER BY id`;

/** In the order of the sweeps, continued behind the last one read. */
const PAGE = /* sql */ `
  SELECT user_id AS userId, sequence AS sequence, admitted_at_us AS admittedAtUs,
    entered_at_us AS enteredAtUs,
    LEAST(COALESCE(ended_at_us, expires_at_ms * 1000), expires_at_ms * 1000) AS endedAtUs
  FROM queue_admissions
  WHERE queue_id = :queueId AND admitted_at_us >= :afterUs
    AND (admitted_at_us > :afterUs OR sequence > :afterSequence)
  ORDER BY admitted_at_us, sequence LIMIT :pageSize`;

interface QueueRow extends AdmissionLimits {
  readonly queueId: string;
}

type AdmissionRow = Record<Exclude<keyof SweptAdmission, "queueId">, number | string>;

async function* admissionsOf(db: Database, queueId: string): AsyncGenerator<SweptAdmission> {
  let last: SweptAdmission | undefined;
  for (;;) {
    const rows = await db.select<AdmissionRow>(null, PAGE, {
      queueId,
      afterUs: last?.admittedAtUs ?? 0,
      afterSequence: last?.sequence ?? 0,
      pageSize: PAGE_SIZE,
    });
    for (const row of rows) {
      last = {
        queueId,
        userId: toInteger(row.userId),
        sequence: toInteger(row.sequence),
        admittedAtUs: toInteger(row.admittedAtUs),
        enteredAtUs: toInteger(row.enteredAtUs),
        endedAtUs: toInteger(row.endedAtUs),
      };
      yield last;
    }
    if (rows.length < PAGE_SIZE) return;
  }
}

/** All limits that the queue ever had, each with its time. */
async function limitsOf(db: Database, queue: QueueRow): Promise<LimitsPeriod[]> {
  const former = await db.select<AdmissionLimits & { untilUs: number | string }>(
    null,
    FORMER_LIMITS,
    { queueId: queue.queueId },
  );
  return periodsOf(
    former.map((limits) => ({ ...limits, untilUs: toInteger(limits.untilUs) })),
    queue,
  );
}

/** Leads the admissions of each queue through its sweep. */
async function sweepQueues(
  db: Database,
  sweepOf: (queue: QueueRow) => AdmissionSweep | Promise<AdmissionSweep>,
): Promise<Evidence> {
  const queues = await db.select<QueueRow>(null, QUEUES);
  const found: Evidence[] = [];
  for (const queue of queues) {
    const sweep = await sweepOf(queue);
    for await (const admission of admissionsOf(db, queue.queueId)) sweep.take(admission);
    found.push(sweep.evidence());
  }
  return sumEvidence(found);
}

/** I7 over all queues. */
export function admissionsOverLimit(db: Database): Promise<Evidence> {
  return sweepQueues(db, async (queue) => sweepLimits(queue.queueId, await limitsOf(db, queue)));
}

/** I8 over all queues. */
export function admissionsOutOfTurn(db: Database): Promise<Evidence> {
  return sweepQueues(db, ({ queueId }) => sweepTurns(queueId));
}
