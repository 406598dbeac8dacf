import type {
  EndedJob,
  Operation,
  OperationPlan,
  UnsavedJob,
  Verification,
} from "../operations/operation.ts";
import { type AnyOperation, operation } from "../operations/operation.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { JsonObject } from "../ports/operationStore.ts";
import { concerning, detect } from "./detect.ts";
import { RunbookPreconditionError } from "./errors.ts";
import { findInnerJob } from "./innerJob.ts";
import { look, readFigures } from "./look.ts";
import type { Runbook, RunbookStep, Situation } from "./runbook.ts";
import { type RunbookInput, runbookInputSchema } from "./runbookInput.ts";
import { findRunbook, stepsFrom } from "./runbookList.ts";
import { progressOf } from "./runbookProgress.ts";
import { type RunbookHandlers, runbookStep } from "./runbookStep.ts";

/** Within this time after the last step, every condition shows the effect of the step. */
const SETTLE_MS = 10_000;
const LOOK_MS = 500;

/** Name of the operation that runs a runbook. */
export const RUN_RUNBOOK = "runbook.run";

/** The operation that runs a runbook. @param handlers for the steps that people do */
export function runbookOperation(handlers: RunbookHandlers = {}): AnyOperation {
  return operation<RunbookInput>({
    name: RUN_RUNBOOK,
    summary: "Run a runbook: its steps in order, each verified",
    input: runbookInputSchema,
    confirmation: ({ runbook }) => (findRunbook(runbook).isDangerous ? runbook : undefined),
    target: ({ runbook }) => `runbook:${runbook}`,
    plan: planOf,
    state: stateOf,
    steps: { kind: "repeatable", step: (core, step) => runbookStep(core, step, handlers) },
    mayHaveActed,
    verify: verifyRun,
    inverse: (_input, _before, jobId) => ({ operation: "runbook.rollBack", input: { jobId } }),
    canUndoHalf: true,
  } satisfies Operation<RunbookInput>);
}

/** @throws RunbookPreconditionError */
async function planOf(core: CoreContext, input: RunbookInput): Promise<OperationPlan> {
  const { subject, fromStep } = input;
  const runbook = findRunbook(input.runbook);
  const at = { core, subject };
  for (const precondition of runbook.preconditions) {
    const reading = await look(precondition, at);
    if (!reading.holds) throw new RunbookPreconditionError(runbook, precondition, reading);
  }
  const found = concerning(await detect(core, runbook.detection), subject);
  const steps = stepsFrom(runbook, fromStep);
  const states = await Promise.all(
    steps.map(async (step) => {
      if (!step.done) return { step, state: TO_DO };
      return { step, state: (await look(step.done, at)).holds ? TRUE_ALREADY : TO_DO };
    }),
  );
  const changes = states.filter(({ step }) => step.kind === "operation");
  return {
    facts: {
      detected: found.map(({ code }) => code).join(" ") || "nothing",
      ...Object.fromEntries(changes.map(({ step, state }) => [step.name, state])),
    },
    count: steps.length,
    unit: "step",
    sample: linesOf(states),
    isSummary: true,
    notes: [...found.map(({ message }) => message), ...(await figureNotes(runbook, at))],
  };
}

const TO_DO = "to do";
const TRUE_ALREADY = "true already";

interface StepState {
  readonly step: RunbookStep;
  readonly state: string;
}

/**
 * One line for each step. A step that is true already may be to do after an earlier change: the
 * queue of a sale is open before its pause.
 */
function linesOf(states: readonly StepState[]): string[] {
  const change = states.findIndex(
    ({ step, state }) => step.kind === "operation" && state === TO_DO,
  );
  return states.map(({ step, state }, index) => {
    const canTurn = state === TRUE_ALREADY && change !== -1 && change < index;
    const shown = canTurn ? "true now, read again when its turn comes" : state;
    return `${step.name} (${step.kind}): ${step.title}: ${shown}`;
  });
}

async function figureNotes({ diagnosis }: Runbook, at: Situation): Promise<readonly string[]> {
  const figures = await readFigures(diagnosis, at);
  return figures.map(({ name, unit, value, isBeyondBound, meaning }) => {
    const shown = value === undefined ? `${name}: none` : `${name}: ${value} ${unit}`;
    return isBeyondBound ? `${shown}. ${meaning}` : shown;
  });
}

/**
 * Each step that changes something has a job, which checks the facts of its own plan. A first step
 * that only waits, or that people do, leaves no job: by now it can be done, and the incident can
 * look different because of it.
 */
async function mayHaveActed(
  core: CoreContext,
  { runbook, fromStep }: RunbookInput,
  { jobId }: Pick<UnsavedJob, "jobId">,
): Promise<boolean> {
  const [first] = stepsFrom(findRunbook(runbook), fromStep);
  if (first?.kind !== "operation") return first !== undefined;
  return (await findInnerJob(core, jobId, first.name)) !== undefined;
}

/** The figures of the diagnosis, before and after: the evidence in the audit record. */
async function stateOf(core: CoreContext, { runbook, subject }: RunbookInput): Promise<JsonObject> {
  const figures = await readFigures(findRunbook(runbook).diagnosis, { core, subject });
  return Object.fromEntries(figures.map(({ name, value }) => [name, value ?? null]));
}

async function verifyRun(
  core: CoreContext,
  input: RunbookInput,
  _plan: OperationPlan,
  { checkpoint, jobId }: Pick<EndedJob, "checkpoint" | "jobId">,
): Promise<readonly Verification[]> {
  const { failure } = progressOf(checkpoint);
  if (failure) {
    const { step, claim, read } = failure;
    return [{ claim: `step ${step}: ${claim}`, holds: false, read }];
  }
  const untilMs = core.clock.monotonicMs() + SETTLE_MS;
  for (;;) {
    const read = await verifyOnce(core, input, jobId);
    if (read.every(({ holds }) => holds) || core.clock.monotonicMs() >= untilMs) return read;
    await core.clock.sleep(LOOK_MS);
  }
}

async function verifyOnce(
  core: CoreContext,
  { runbook: name, subject }: RunbookInput,
  jobId: string,
): Promise<readonly Verification[]> {
  const { verification, detection } = findRunbook(name);
  const checked = await Promise.all(
    verification.map(async (check) => ({
      claim: check.claim,
      ...(await look(check, { core, subject, jobId })),
    })),
  );
  if (detection.length === 0) return checked;
  const found = concerning(await detect(core, detection), subject);
  const claim = `doctor no longer finds ${detection.join(" or ")}`;
  const read = found.map(({ message }) => message).join("; ") || "nothing found";
  return [...checked, { claim, holds: found.length === 0, read }];
}
