import type { Check, CoreContext, CoreError, Reading, Runbook, Situation } from "@onsale/core";
import type { Violation } from "../violations.ts";

/** Maximum number of records to read: far more than the operators of one run cause. */
const RECORDS_MAX = 1_000;
/** Longer than the lease of a process that crashed, ms. */
const SETTLE_MS = 15_000;
const LOOK_MS = 500;

/** A runbook whose operators have finished. */
interface EndOfExercise {
  readonly runbook: Runbook;
  readonly subject: string | undefined;
  readonly jobs: readonly string[];
}

/**
 * Checks the end of an exercise: the final conditions of the runbook are true, no job is left half
 * way, and each job has ended at most once.
 */
export async function checkExercise(
  observer: CoreContext,
  { runbook, subject, jobs }: EndOfExercise,
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const violate = (message: string, ids: Violation["ids"]): void => {
    found.push({ check: "runbook", message, ids: { runbook: runbook.name, ...ids } });
  };
  const at = { core: observer, subject: subject ?? "", jobId: jobs.at(-1) };
  for (const check of runbook.verification) {
    const { holds, read } = await settled(check, at);
    if (!holds) violate(`it is not true at the end that ${check.claim}`, { read });
  }
  const running = { status: "RUNNING", max: RECORDS_MAX } as const;
  for (const { id, operation } of await observer.operations.listJobs(null, running)) {
    violate("a job was left half way", { jobId: id, operation });
  }
  for (const jobId of jobs) {
    const records = await observer.operations.listAudit(null, { jobId, max: RECORDS_MAX });
    const ends = records.filter(({ outcome }) => outcome === "DONE" || outcome === "FAILED");
    if (ends.length > 1) violate("a job ended more than once", { jobId, ends: ends.length });
  }
  return found;
}

/** Looks until the condition is true, because a process may have crashed just before the end. */
async function settled(check: Check, at: Situation): Promise<Reading> {
  const { clock } = at.core;
  const untilMs = clock.monotonicMs() + SETTLE_MS;
  for (;;) {
    const reading = await check.look(at);
    if (reading.holds || clock.monotonicMs() >= untilMs) return reading;
    await clock.sleep(LOOK_MS);
  }
}

/** The failed step of a job that failed in a run whose operator was killed before the report. */
export function failedStepOf({ details }: CoreError): string | undefined {
  return /"claim":"step ([a-z-]+):/.exec(JSON.stringify(details))?.[1];
}
