import { AuditRecordNotFoundError } from "../operations/errors.ts";
import type { StepInput, StepResult } from "../operations/operation.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Operator } from "../ports/operationStore.ts";
import { CoreError } from "../shared/errors.ts";
import { findInnerJob, runInnerJob } from "./innerJob.ts";
import { keepLease } from "./keepLease.ts";
import { look } from "./look.ts";
import type {
  Check,
  ManualStep,
  OperationStep,
  Reading,
  RunbookStep,
  Situation,
  WaitStep,
} from "./runbook.ts";
import { announceRunbook, type RunbookEvent } from "./runbookChannel.ts";
import type { RunbookInput } from "./runbookInput.ts";
import { findRunbook, stepsFrom } from "./runbookList.ts";
import { type PassedStep, progressOf, type RunbookProgress } from "./runbookProgress.ts";

/** Pause between two looks at a condition. */
const LOOK_MS = 250;

/** A manual step that a person, or a drill, has to do. */
export interface ManualRequest {
  readonly runbook: string;
  readonly step: ManualStep;
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
}

/** A run asks its surroundings through these functions. */
export interface RunbookHandlers {
  /**
   * Shows the instruction, or does it. A continued run asks again.
   * @returns true to acknowledge a step without a condition; ignored for a step with a condition
   */
  readonly manual?: ((request: ManualRequest) => Promise<boolean>) | undefined;
  /** Called at each point of the run, for progress. */
  readonly onEvent?: ((event: RunbookEvent) => void) | undefined;
}

/** One look at the present step. */
interface Look {
  readonly core: CoreContext;
  readonly run: StepInput<RunbookInput>;
  readonly handlers: RunbookHandlers;
  readonly at: Situation;
  readonly progress: RunbookProgress & {
    readonly current: NonNullable<RunbookProgress["current"]>;
  };
  readonly isFirstLook: boolean;
}

/** Looks once at the step that the run has reached, and acts if it has not acted yet. */
export async function runbookStep(
  core: CoreContext,
  run: StepInput<RunbookInput>,
  handlers: RunbookHandlers,
): Promise<StepResult> {
  const { runbook, subject, fromStep } = run.input;
  const progress = progressOf(run.checkpoint);
  const passed = new Set(progress.passed.map(({ step }) => step));
  const step = stepsFrom(findRunbook(runbook), fromStep).find(({ name }) => !passed.has(name));
  if (!step || progress.failure) return { checkpoint: progress, changed: 0, isDone: true };
  const isFirstLook =
    progress.current?.step !== step.name || progress.current.auditId !== run.auditId;
  const reached = { step: step.name, auditId: run.auditId, sinceMs: core.clock.monotonicMs() };
  const current = isFirstLook ? reached : (progress.current ?? reached);
  const at: Situation = { core, subject, jobId: run.jobId };
  const one: Look = { core, run, handlers, at, progress: { ...progress, current }, isFirstLook };
  if (isFirstLook) announce(one, step, "reached");
  if (step.kind === "operation") return operationStep(one, step);
  if (step.kind === "manual") return manualStep(one, step);
  if (step.kind === "wait") return waitStep(one, step);
  const reading = await look(step.done, at);
  if (reading.holds) return pass(one, step, reading, isFirstLook ? "already" : "done");
  return fail(one, step, step.done, reading);
}

async function waitStep(one: Look, step: WaitStep): Promise<StepResult> {
  const { core, at, progress, isFirstLook } = one;
  const reading = await look(step.done, at);
  if (reading.holds) {
    const nowMs = core.clock.monotonicMs();
    progress.current.trueSinceMs ??= nowMs;
    const isStable = nowMs - progress.current.trueSinceMs >= (step.stableMs ?? 0);
    return isStable ? pass(one, step, reading, isFirstLook ? "already" : "done") : waitOn(one);
  }
  progress.current.trueSinceMs = undefined;
  if (!isOver(one, step.withinMs)) return waitOn(one);
  return stop(
    one,
    step,
    "timeout",
    `step ${step.name}: not yet true that ${step.done.claim}; read: ${reading.read}`,
  );
}

async function operationStep(one: Look, step: OperationStep): Promise<StepResult> {
  const { core, run, at, progress } = one;
  let { actedJobId } = progress.current;
  if (actedJobId === undefined) {
    if (!(await findInnerJob(core, run.jobId, step.name))) {
      const before = await look(step.done, at);
      if (before.holds) return pass(one, step, before, "already");
    }
    const acted = await act(one, step);
    if (typeof acted !== "string") return acted;
    actedJobId = acted;
    announce(one, step, "acted");
    if (step.isVerifiedByOperation) {
      const reading = { holds: true, read: "the operation verified its effect" };
      return pass(one, step, reading, "done", actedJobId);
    }
    progress.current.sinceMs = core.clock.monotonicMs();
    progress.current.actedJobId = actedJobId;
  }
  const reading = await look(step.done, at);
  if (reading.holds) return pass(one, step, reading, "done", actedJobId);
  if (!isOver(one, step.withinMs)) return waitOn(one);
  return fail(one, step, step.done, reading);
}

/** Runs the operation of the step. @returns the id of its job when the step may go on */
async function act(one: Look, step: OperationStep): Promise<string | StepResult> {
  const { core, run, at } = one;
  const { operator, reason } = await orderOf(core, run.auditId);
  try {
    const report = await runInnerJob(core, {
      ...{ operation: step.operation, outerJobId: run.jobId, step: step.name },
      ...{ input: () => step.input(at), operator, reason },
      ...{ timeoutMs: step.operationMs, signal: run.signal, outer: run },
    });
    const { status, jobId, verifications, stopped } = report;
    if (status === "DONE") return jobId;
    if (status === "STOPPED") {
      // The operator interrupts both jobs; the outer one stops before its next step.
      if (stopped?.reason === "interrupted") return waitOn(one, 0);
      const why = stopped?.detail ?? "it is not done";
      const stopReason = stopped?.reason === "requested" ? "operator" : "timeout";
      return stop(one, step, stopReason, `step ${step.name}: its job ${jobId} stopped: ${why}`);
    }
    const untrue = verifications.find(({ holds }) => !holds);
    const claim = untrue?.claim ?? `${step.operation.name} ends`;
    return fail(one, step, { claim }, { holds: false, read: untrue?.read ?? status });
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    const detail = `step ${step.name}: ${error.message}`;
    if (error.retryable) return stop(one, step, "refused", detail);
    const claim = `${step.operation.name} can run`;
    return fail(one, step, { claim }, { holds: false, read: error.message });
  }
}

async function orderOf(
  core: CoreContext,
  auditId: number,
): Promise<{ operator: Operator; reason: string | undefined }> {
  const record = await core.operations.findAudit(null, auditId);
  if (!record) throw new AuditRecordNotFoundError(auditId);
  return record;
}

async function manualStep(one: Look, step: ManualStep): Promise<StepResult> {
  const { core, run, at, handlers, progress } = one;
  const before = step.done && (await look(step.done, at));
  if (before?.holds) return pass(one, step, before, one.isFirstLook ? "already" : "done");
  if (one.isFirstLook) {
    announce(one, step, "asked");
    const { runbook, subject } = run.input;
    const request = { runbook, step, subject, signal: run.signal };
    const ask = async () => (await handlers.manual?.(request)) ?? false;
    const isAcknowledged = await keepLease(core, run.renew, step.withinMs, ask);
    if (!step.done && isAcknowledged) {
      return pass(one, step, { holds: true, read: "acknowledged" }, "acknowledged");
    }
    progress.current.sinceMs = core.clock.monotonicMs();
  }
  if (step.done && !isOver(one, step.withinMs)) return waitOn(one);
  const read = before
    ? `not yet true that ${step.done?.claim}; read: ${before.read}`
    : "to be acknowledged";
  return stop(one, step, "operator", `step ${step.name}: ${read}. ${step.instruction}`);
}

const isOver = ({ core, progress }: Look, withinMs: number): boolean =>
  core.clock.monotonicMs() - progress.current.sinceMs >= withinMs;

function waitOn({ progress }: Look, waitMs = LOOK_MS): StepResult {
  return { checkpoint: progress, changed: 0, isDone: false, waitMs };
}

function pass(
  one: Look,
  { name }: RunbookStep,
  { read }: Reading,
  result: PassedStep["result"],
  jobId?: string,
): StepResult {
  announce(one, { name }, "passed", read);
  const step = { step: name, result, read, jobId };
  const checkpoint = { passed: [...one.progress.passed, step] } satisfies RunbookProgress;
  return { checkpoint, changed: 1, isDone: false };
}

function fail(
  one: Look,
  { name }: RunbookStep,
  { claim }: Pick<Check, "claim">,
  { read }: Reading,
): StepResult {
  announce(one, { name }, "failed", read);
  const { passed } = one.progress;
  const failure = { step: name, claim, read };
  return { checkpoint: { passed, failure } satisfies RunbookProgress, changed: 0, isDone: true };
}

function stop(
  one: Look,
  { name }: RunbookStep,
  reason: "timeout" | "operator" | "refused",
  detail: string,
): StepResult {
  announce(one, { name }, "stopped", detail);
  const { passed } = one.progress;
  const checkpoint = { passed } satisfies RunbookProgress;
  return { checkpoint, changed: 0, isDone: false, stop: { reason, detail } };
}

function announce(
  { run, handlers }: Look,
  { name }: Pick<RunbookStep, "name">,
  point: RunbookEvent["point"],
  read?: string,
): void {
  const event = { jobId: run.jobId, runbook: run.input.runbook, step: name, point, read };
  announceRunbook(event);
  handlers.onEvent?.(event);
}
