import type { Evidence } from "../../../ports/evidenceStore.ts";
import {
  type AdmissionSweep,
  type LimitsPeriod,
  periodsOf,
  type SweptAdmission,
  sweepLimits,
  sweepTurns,
} from "../../evidence/admissionSweep.ts";
import { sumEvidence } from "../../evidence/findings.ts";
import type { AdmissionRow, QueueRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import { byId, type Tables } from "../database/tables.ts";
import { toUs } from "../times.ts";

function swept(row: AdmissionRow): SweptAdmission {
  const { queueId, userId, sequence, admittedAtUs, enteredAtUs } = row;
  const expiresAtUs = toUs(row.expiresAtMs);
  const endedAtUs = Math.min(row.endedAtUs ?? expiresAtUs, expiresAtUs);
  return { queueId, userId, sequence, admittedAtUs, enteredAtUs, endedAtUs };
}

/** All limits that the queue ever had, each with its time. */
function limitsOf(s: Statement, tables: Tables, queue: QueueRow): LimitsPeriod[] {
  const former = s.where(tables.queueFormerLimits, "queue", queue.id).sort(byId);
  return periodsOf(
    former.map(({ endedAtUs: untilUs, ...limits }) => ({ ...limits, untilUs })),
    queue,
  );
}

/** Leads the admissions of each queue through its sweep. */
function sweepQueues(
  s: Statement,
  tables: Tables,
  sweepOf: (queue: QueueRow) => AdmissionSweep,
): Evidence {
  const found: Evidence[] = [];
  for (const queue of s.all(tables.queues).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const sweep = sweepOf(queue);
    const admissions = s
      .where(tables.queueAdmissions, "queue", queue.id)
      .sort((a, b) => a.admittedAtUs - b.admittedAtUs || a.sequence - b.sequence);
    for (const admission of admissions) sweep.take(swept(admission));
    found.push(sweep.evidence());
  }
  return sumEvidence(found);
}

/** I7 over all queues. */
export function admissionsOverLimit(s: Statement, tables: Tables): Evidence {
  return sweepQueues(s, tables, (queue) => sweepLimits(queue.id, limitsOf(s, tables, queue)));
}

/** I8 over all queues. */
export function admissionsOutOfTurn(s: Statement, tables: Tables): Evidence {
  return sweepQueues(s, tables, (queue) => sweepTurns(queue.id));
}
