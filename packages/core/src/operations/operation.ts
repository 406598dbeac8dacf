import type { z } from "zod";
import type { CoreContext } from "../ports/coreContext.ts";
import type { JsonObject } from "../ports/operationStore.ts";
import type { Tx } from "../ports/transaction.ts";

/*
 * Operations: plan, execute, verify, remember
 *
 * Problem: an operator changes a live sale. A command that does more than the operator saw, runs
 * twice, or dies half way makes an incident worse.
 *
 * States of a job: PLANNED -> RUNNING -> DONE. RUNNING -> STOPPED when the run is interrupted or
 * reaches a limit, and STOPPED -> RUNNING when the same job is run again. A process that dies
 * leaves RUNNING; its lease expires, and the next run continues. FAILED: the verification read
 * something else than the plan promised.
 *
 * - `planOperation` reads the facts that the change rests on, counts what would change, and stores
 *   the plan with a hash of the facts. Nothing else changes.
 * - `executeOperation` takes the lease of the operation's target, reads the facts again, and
 *   refuses with the differences when one has changed. Otherwise it opens an audit record and does
 *   the steps.
 * - Each step is saved with a checkpoint. A step in the database commits together with its
 *   checkpoint, and only under the lease. A step outside the database is repeated after a crash,
 *   so it must have the same effect when it runs twice.
 * - At the end the verification reads back what the plan promised, and the audit record is closed
 *   with the state after the change.
 *
 * Failures:
 * - The process dies anywhere: the job keeps its last checkpoint. Running the same job again
 *   continues there, and the earlier audit record is closed as INTERRUPTED.
 * - The process dies, or the run stops, before a step is saved: the next run reads the facts again
 *   and refuses a plan that is stale or has expired, as if the job had never run. A repeatable step
 *   may have had its effect already; its operation recognises that effect, and the job continues.
 * - Two operators run one plan, or two plans for one target: the lease lets one of them run.
 * - The connection is lost at COMMIT of a step: the run ends, and the same job continues at the
 *   checkpoint that the database has.
 *
 * Not promised: that nothing else changes while a job runs. Every step therefore decides with the
 * conditions of its own statements, and leaves out what no longer fits.
 */

/** The value of a fact. Facts are flat, so that the facts of two times can be compared easily. */
export type FactValue = string | number | boolean | null;
export type Facts = Readonly<Record<string, FactValue>>;

/** A description of everything that an operation would change. */
export interface OperationPlan {
  /** The plan rests on these facts: when one is different at execution, the plan is refused. */
  readonly facts: Facts;
  /** Number of things that would change. */
  readonly count: number;
  /** The counted thing, in the singular: "outbox message". */
  readonly unit: string;
  /** At most ten of the changes, one line each. */
  readonly sample: readonly string[];
  /** True when a line of the sample describes many things, such as a performance with its seats. */
  readonly isSummary?: boolean | undefined;
  /** Whether the run changes anything; by default, whether `count` is above 0. */
  readonly hasEffect?: boolean | undefined;
  /** Further facts for the operator; they are not part of the plan's hash. */
  readonly notes: readonly string[];
}

/** Whether a run of the plan changes anything. */
export const hasEffect = ({ hasEffect: given, count }: OperationPlan): boolean =>
  given ?? count > 0;

/** One result of the verification, which compares the state with the promise of the plan. */
export interface Verification {
  /** The statement that must be true now: "queue main is paused". */
  readonly claim: string;
  /** Whether the statement is true. */
  readonly holds: boolean;
  /** The values that were read. */
  readonly read: string;
}

/** The part of a job that one step does. */
export interface Step {
  readonly facts: Facts;
  /** The checkpoint of the previous step; undefined for the first step. */
  readonly checkpoint: JsonObject | undefined;
  /** Maximum number of things that this step may change. */
  readonly max: number;
  readonly jobId: string;
  /** The audit record of the run. */
  readonly auditId: number;
  /** Aborts when the operator stops the run; a step that takes long ends then. */
  readonly signal: AbortSignal | undefined;
  /**
   * Renews the run's lease. A step calls it while it waits longer than a lease lasts.
   * @throws RunLostError
   */
  renew(): Promise<void>;
  /**
   * Locks the run's lease until COMMIT. A repeatable step calls it first in each transaction in
   * which it writes, so that a run that lost its lease writes nothing.
   * @throws RunLostError
   */
  fence(tx: Tx): Promise<void>;
}

/** A step with the input of its operation. */
export interface StepInput<Input> extends Step {
  readonly input: Input;
}

/** An ended job, for its verification. */
export interface EndedJob {
  readonly jobId: string;
  /** Number of things that all its runs changed. */
  readonly changed: number;
  /** The checkpoint of the last step. */
  readonly checkpoint: JsonObject | undefined;
}

export interface StepResult {
  /** The next step continues with this value. */
  readonly checkpoint: JsonObject;
  /** Number of things that this step changed. */
  readonly changed: number;
  readonly isDone: boolean;
  /** Time before the next step, ms, for a step that waits for others; at most a second. */
  readonly waitMs?: number | undefined;
  /** Stops the run here; the same job continues with this step. */
  readonly stop?: Stop | undefined;
}

/** Why a run stopped before the job was done. */
export type StopReason =
  | "interrupted"
  /** An operator asked for the stop; the detail has the name. */
  | "requested"
  | "max"
  | "abort-if"
  | "timeout"
  /** A step needs something that only a person can do. */
  | "operator"
  /** A step was refused, for example because another run changes the same thing. */
  | "refused";

export interface Stop {
  readonly reason: StopReason;
  readonly detail?: string | undefined;
}

/** The steps of an operation. `S` is what each of them gets. */
export type Steps<S extends Step> =
  /** The step runs inside the transaction that saves its checkpoint. */
  | {
      readonly kind: "transaction";
      step(core: CoreContext, tx: Tx, step: S): Promise<StepResult>;
    }
  /**
   * The step changes Redis or Kafka, and has the same effect when it runs twice. A run can lose its
   * lease during the step, and its calls may still arrive. So each write of the step is fenced: in
   * MySQL by `fence`, elsewhere by a condition that a later change makes false.
   */
  | {
      readonly kind: "repeatable";
      step(core: CoreContext, step: S): Promise<StepResult>;
    };

/** A job whose run died before it saved a step. */
export interface UnsavedJob {
  readonly jobId: string;
  /** Plans again. @returns undefined when the facts are still those of the job's plan */
  otherPlan(): Promise<OperationPlan | undefined>;
}

/** The operation that reverts another one, or the reason why none exists. */
export type Inverse =
  | { readonly operation: string; readonly input: JsonObject }
  | { readonly impossible: string };

/** A change that operators make: planned, executed in steps, verified and audited. */
export interface Operation<Input> {
  /** Area and verb: "queue.configure". */
  readonly name: string;
  /** One sentence for the operator. */
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  /**
   * The name that the operator repeats to confirm a dangerous operation; undefined for an
   * operation that is easy to revert.
   */
  confirmation(input: Input): string | undefined;
  /**
   * The thing that two runs must not change at the same time, such as "queue:main": 1 to 80 ASCII
   * characters.
   */
  target(input: Input): string;
  /** @throws CoreError when the operation is impossible for this input */
  plan(core: CoreContext, input: Input): Promise<OperationPlan>;
  /** The state that the audit record shows, before and after. */
  state(core: CoreContext, input: Input): Promise<JsonObject>;
  readonly steps: Steps<StepInput<Input>>;
  /**
   * For repeatable steps: whether the first step of a run that died may have had its effect. Such
   * a job continues, although its own effect has changed a fact of its plan. By default, when the
   * facts have changed and nothing is left to change.
   */
  mayHaveActed?(core: CoreContext, input: Input, job: UnsavedJob): Promise<boolean>;
  verify(
    core: CoreContext,
    input: Input,
    plan: OperationPlan,
    job: EndedJob,
  ): Promise<readonly Verification[]>;
  /**
   * @param before the audited state before the change
   * @param jobId the job that made the change
   */
  inverse(input: Input, before: JsonObject, jobId: string): Inverse;
  /** Whether the inverse also reverts a job that stopped half way. */
  readonly canUndoHalf?: boolean | undefined;
}

/** An operation with its input. The input is parsed once, when the change is made. */
export interface Change {
  /** Name of the operation. */
  readonly operation: string;
  /** The parsed input, as a job stores it. */
  readonly input: JsonObject;
  confirmation(): string | undefined;
  target(): string;
  plan(core: CoreContext): Promise<OperationPlan>;
  state(core: CoreContext): Promise<JsonObject>;
  readonly steps: Steps<Step>;
  /** Whether the first step of a run that died may have had its effect, for repeatable steps. */
  mayHaveActed(core: CoreContext, job: UnsavedJob): Promise<boolean>;
  verify(core: CoreContext, plan: OperationPlan, job: EndedJob): Promise<readonly Verification[]>;
  inverse(before: JsonObject, jobId: string): Inverse;
}

/** An operation whose input type is hidden, so that operations of all inputs fit into one list. */
export interface AnyOperation
  extends Pick<Operation<JsonObject>, "name" | "summary" | "canUndoHalf"> {
  /** @throws ZodError */
  withInput(input: unknown): Change;
}

/** Hides the input type of an operation. */
export function operation<Input extends JsonObject>(of: Operation<Input>): AnyOperation {
  const { name, summary, canUndoHalf } = of;
  return { name, summary, canUndoHalf, withInput: (given) => changeBy(of, of.input.parse(given)) };
}

function changeBy<Input extends JsonObject>(of: Operation<Input>, input: Input): Change {
  const { steps } = of;
  return {
    operation: of.name,
    input,
    confirmation: () => of.confirmation(input),
    target: () => of.target(input),
    plan: (core) => of.plan(core, input),
    state: (core) => of.state(core, input),
    steps:
      steps.kind === "transaction"
        ? {
            kind: "transaction",
            step: (core, tx, step) => steps.step(core, tx, { ...step, input }),
          }
        : { kind: "repeatable", step: (core, step) => steps.step(core, { ...step, input }) },
    mayHaveActed: (core, job) => of.mayHaveActed?.(core, input, job) ?? isDoneAlready(job),
    verify: (core, plan, job) => of.verify(core, input, plan, job),
    inverse: (before, jobId) => of.inverse(input, before, jobId),
  };
}

async function isDoneAlready({ otherPlan }: UnsavedJob): Promise<boolean> {
  const other = await otherPlan();
  return other !== undefined && !hasEffect(other);
}
