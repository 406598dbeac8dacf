import { z } from "zod";
import { CHANGE_OPERATIONS } from "../operations/changeOperations.ts";
import {
  AuditRecordNotFoundError,
  JobNotFoundError,
  OperationNotFoundError,
  RunLostError,
} from "../operations/errors.ts";
import { lastRecordOf, recordsOf } from "../operations/jobRecords.ts";
import {
  type AnyOperation,
  operation,
  type StepInput,
  type StepResult,
  type Verification,
} from "../operations/operation.ts";
import { findOtherUndos } from "../operations/otherUndo.ts";
import { changeOf, keyOf } from "../operations/planOperation.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Job, JsonObject } from "../ports/operationStore.ts";
import { findInnerJob, runInnerJob } from "./innerJob.ts";
import { runbookInputSchema } from "./runbookInput.ts";
import { findRunbook } from "./runbookList.ts";
import { RUN_RUNBOOK } from "./runbookOperation.ts";

/*
 * Rolls back what the steps of a run changed, the last change first. A step without an inverse
 * stays, and the plan says why. The first step ends a run that had stopped half way, so that it
 * cannot continue.
 */

const inputSchema = z.strictObject({ jobId: z.uuid() });
type Input = z.infer<typeof inputSchema>;

const checkpointSchema = z.object({ undone: z.array(z.string()) });

/** A step that changed something. */
interface ChangedStep {
  readonly step: string;
  readonly inverse:
    | { readonly operation: AnyOperation; readonly input: JsonObject; readonly undoes: number }
    | { readonly impossible: string };
}

export const rollBackOperation = operation<Input>({
  name: "runbook.rollBack",
  summary: "Revert what the steps of a runbook changed, the last change first",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ jobId }) => `rollback:${jobId}`,

  async plan(core, { jobId }) {
    const job = await runOf(core, jobId);
    const steps = await changedSteps(core, job);
    const possible = steps.filter(({ inverse }) => "operation" in inverse);
    const kept = steps.flatMap(({ step, inverse }) =>
      "impossible" in inverse ? [`${step} stays: ${inverse.impossible}`] : [],
    );
    return {
      facts: { status: job.status, steps: steps.map(({ step }) => step).join(" ") },
      count: possible.length,
      hasEffect: possible.length > 0 || job.status === "STOPPED",
      unit: "step",
      sample: possible.map(({ step, inverse }) =>
        "operation" in inverse
          ? `${step}: ${inverse.operation.name} ${JSON.stringify(inverse.input)}`
          : step,
      ),
      notes: [...kept, ...(job.status === "STOPPED" ? ["The stopped run ends as FAILED."] : [])],
    };
  },

  async state(core, { jobId }) {
    const { status } = await runOf(core, jobId);
    return { status };
  },

  steps: { kind: "repeatable", step: rollBackStep },

  // The first step ends the stopped run, and then begins to revert.
  async mayHaveActed(core, input, { jobId, otherPlan }) {
    if ((await otherPlan())?.facts.status === "FAILED") return true;
    const steps = await changedSteps(core, await runOf(core, input.jobId));
    const begun = await Promise.all(steps.map(({ step }) => findInnerJob(core, jobId, step)));
    return begun.some((job) => job !== undefined);
  },

  async verify(core, { jobId }, { count }, { checkpoint }): Promise<readonly Verification[]> {
    const { undone } = checkpointSchema.parse(checkpoint ?? { undone: [] });
    const { status } = await runOf(core, jobId);
    return [
      {
        claim: "each step with an inverse is reverted, and its reversal verified",
        holds: undone.length === count,
        read: undone.join(", ") || "no step",
      },
      { claim: "the run is over", holds: status === "DONE" || status === "FAILED", read: status },
    ];
  },

  inverse: () => ({ impossible: "run the runbook again instead" }),
});

async function rollBackStep(core: CoreContext, run: StepInput<Input>): Promise<StepResult> {
  const { undone } = checkpointSchema.parse(run.checkpoint ?? { undone: [] });
  const job = await endRun(core, run);
  const steps = await changedSteps(core, job, run.jobId);
  const next = steps.find(({ step, inverse }) => "operation" in inverse && !undone.includes(step));
  if (!next || !("operation" in next.inverse)) {
    return { checkpoint: { undone }, changed: 0, isDone: true };
  }
  const { operation: inverse, input, undoes } = next.inverse;
  const record = await core.operations.findAudit(null, run.auditId);
  if (!record) throw new AuditRecordNotFoundError(run.auditId);
  const report = await runInnerJob(core, {
    ...{ operation: inverse, outerJobId: run.jobId, step: next.step, input: async () => input },
    ...{ operator: record.operator, reason: record.reason, timeoutMs: undefined },
    ...{ undoes, signal: run.signal, outer: run },
  });
  if (report.status === "STOPPED") {
    return { checkpoint: { undone }, changed: 0, isDone: false };
  }
  if (report.status !== "DONE") return { checkpoint: { undone }, changed: 0, isDone: true };
  return { checkpoint: { undone: [...undone, next.step] }, changed: 1, isDone: false };
}

/** Ends a run that stopped half way, so that it cannot continue after its steps are reverted. */
async function endRun(
  core: CoreContext,
  { input: { jobId }, fence }: StepInput<Input>,
): Promise<Job> {
  const job = await runOf(core, jobId);
  if (job.status !== "STOPPED") return job;
  const { checkpoint, changed, outcome } = job;
  const end = { status: "FAILED", checkpoint, changed, outcome } as const;
  const ended = await core.withTransaction(async (tx) => {
    await fence(tx);
    return core.operations.saveProgress(tx, jobId, ["STOPPED"], end);
  });
  if (!ended) throw new RunLostError(jobId);
  return runOf(core, jobId);
}

/** @throws JobNotFoundError for a job that runs no runbook */
async function runOf(core: CoreContext, jobId: string): Promise<Job> {
  const job = await core.operations.findJob(null, jobId);
  if (job?.operation !== RUN_RUNBOOK) throw new JobNotFoundError(jobId);
  return job;
}

/**
 * The steps that changed something, the last one first; a failed step can be among them.
 * @param ownJobId the job that reverts them, if it has begun
 */
async function changedSteps(
  core: CoreContext,
  run: Job,
  ownJobId?: string,
): Promise<readonly ChangedStep[]> {
  const { runbook } = runbookInputSchema.parse(run.input);
  const steps: ChangedStep[] = [];
  for (const { name, kind } of findRunbook(runbook).steps.toReversed()) {
    if (kind !== "operation") continue;
    const job = await findInnerJob(core, run.id, name);
    if (!job || job.changed === 0) continue;
    const own = ownJobId === undefined ? undefined : await findInnerJob(core, ownJobId, name);
    steps.push({ step: name, inverse: await inverseOfJob(core, job, own?.id) });
  }
  return steps;
}

async function inverseOfJob(
  core: CoreContext,
  job: Job,
  ownJobId: string | undefined,
): Promise<ChangedStep["inverse"]> {
  const records = await recordsOf(core, job.id);
  // The first run of the job saw the state before the change.
  const first = records.at(-1);
  if (!first) return { impossible: "its audit record is gone" };
  const found = changeNamed(job.operation).withInput(job.input).inverse(first.before, job.id);
  if ("impossible" in found) return found;
  const operation = changeNamed(found.operation);
  const key = keyOf(changeOf(operation, found.input));
  const { done } = await findOtherUndos(core, key, records, ownJobId);
  if (done) {
    const undoneBy = (await lastRecordOf(core, done.id))?.id ?? 0;
    return { impossible: `audit record ${undoneBy} undid it already` };
  }
  return { operation, input: found.input, undoes: first.id };
}

/** @throws OperationNotFoundError */
function changeNamed(name: string): AnyOperation {
  const found = CHANGE_OPERATIONS.find((one) => one.name === name);
  if (!found) throw new OperationNotFoundError(name);
  return found;
}
