import assert from "node:assert/strict";
import type { CoreContext } from "../ports/coreContext.ts";
import type { JobProgress, JobStatus, JsonObject, SavedProgress } from "../ports/operationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { CoreError } from "../shared/errors.ts";
import { RunLostError } from "./errors.ts";
import { jobStates } from "./jobStates.ts";
import type { Change, Stop, Verification } from "./operation.ts";
import { announceStep } from "./stepChannel.ts";
import { type LeasedRun, renewLease, requireLease } from "./targetLease.ts";

/** A run that ends. */
export interface EndingRun extends LeasedRun {
  readonly change: Pick<Change, "state">;
  readonly job: { readonly id: string; readonly changed: number };
  readonly auditId: number;
  readonly checkpoint: JsonObject | undefined;
  readonly changed: number;
}

/** How a run ends. */
export interface RunEnd {
  readonly status: JobStatus;
  readonly verifications: readonly Verification[];
  readonly stopped: Stop | undefined;
  /** The state that the audit record shows. */
  readonly after: JsonObject | undefined;
}

/**
 * Ends the job of a run that cannot go on. Only logs an error of its own, because the caller throws
 * the error of the step.
 */
export async function endAsFailed(
  core: CoreContext,
  run: EndingRun,
  error: CoreError,
): Promise<void> {
  const stopped: Stop = { reason: "refused", detail: error.message };
  try {
    const after = await run.change.state(core).catch(() => undefined);
    await closeRun(core, run, { status: "FAILED", verifications: [], stopped, after });
  } catch (failure) {
    const { id: jobId } = run.job;
    const code = failure instanceof CoreError ? failure.code : String(failure);
    core.log.warn({ event: "operation.not_closed", jobId, code }, "Could not end a failed job");
  }
}

/** Saves the end of the run, and closes its audit record. */
export async function closeRun(core: CoreContext, run: EndingRun, end: RunEnd): Promise<void> {
  const { job, auditId, checkpoint, changed } = run;
  const { status, after } = end;
  await renewLease(core, run);
  const outcome = { verifications: end.verifications, stopped: end.stopped ?? null };
  await core.withTransaction(async (tx) => {
    await requireLease(core, tx, run);
    await saveProgress(
      core,
      tx,
      { jobId: job.id, status: "RUNNING" },
      { status, checkpoint, changed, outcome },
    );
    const changedHere = changed - job.changed;
    await core.operations.closeAudit(tx, auditId, {
      outcome: auditOf(status),
      changed: changedHere,
      after,
    });
  });
  announceStep({ jobId: job.id, step: "closed" });
}

function auditOf(status: JobStatus): "STOPPED" | "DONE" | "FAILED" {
  assert(status === "STOPPED" || status === "DONE" || status === "FAILED", "a run ends in these");
  return status;
}

/**
 * Saves the progress of a job.
 * @throws RunLostError when another run has changed the job
 */
export async function saveProgress(
  core: CoreContext,
  tx: Tx,
  from: { readonly jobId: string; readonly status: JobStatus },
  to: JobProgress,
): Promise<SavedProgress> {
  if (from.status !== to.status) jobStates.requireMove(from.status, to.status);
  const saved = await core.operations.saveProgress(tx, from.jobId, [from.status], to);
  if (!saved) throw new RunLostError(from.jobId);
  return saved;
}
