import type { FindingCode, Severity } from "../diagnosis/findingList.ts";
import type { AnyOperation } from "../operations/operation.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { JsonObject } from "../ports/operationStore.ts";

/*
 * Runbooks
 *
 * Problem: at an incident an operator follows a page of prose. The page is out of date, a step is
 * forgotten, a step runs twice, and nothing shows whether a step had its effect.
 *
 * A runbook is data: the symptom, the findings of doctor that name it, the figures to look at, the
 * steps, and the conditions that must be true afterwards. The Markdown page is made from the same
 * data. A condition (`Check`) is a statement about the product, such as "Redis answers". A reading
 * (`Reading`) is the result of one look at a condition: whether the statement is true, and the
 * values that show it.
 *
 * A run is a job of the operation `runbook.run` (see operations/operation.ts), so it is planned,
 * audited, leased and continued like every other operation. The checkpoint lists the steps that
 * the job has passed. One step goes through these states:
 *
 *   reached -> passed             its condition is already true; nothing is done
 *   reached -> acted -> passed    the action was done, and then the condition is true
 *   reached -> acted -> failed    the condition is not true in time: the job is FAILED
 *   reached -> stopped            only a person can go on: the job is STOPPED
 *
 * - An `operation` step runs an operation as a job of its own. The id of that job follows from the
 *   id of the run and the name of the step, so a continued run continues that job.
 * - A `manual` step is for a person. The run shows the instruction, and waits until the condition
 *   of the step is true. A step without a condition passes when the operator acknowledges it.
 * - A `wait` step waits for the product itself. A `check` step reads its condition one time, and
 *   halts the run if it is not true, for example because the next step would not be safe.
 *
 * Failures:
 * - The process dies anywhere: the same job continues with the step that it had reached.
 * - A condition cannot be read because a server is down: it counts as not true.
 * - Another run changes the same thing: the run stops, and the same job continues.
 * - A step failed: the job does not continue. A new run begins with `fromStep`, or the operator
 *   rolls back what the steps changed, the last change first (rollBackOperation.ts).
 *
 * Not promised: that the instruction of a manual step is shown only once. A continued run shows it
 * again, so a handler must accept a repetition.
 */

/** The surroundings in which a run reads its conditions and figures, and makes its inputs. */
export interface Situation {
  readonly core: CoreContext;
  /** The queue that the run is about; empty for a runbook without a subject. */
  readonly subject: string;
  /** The job of the run; undefined while it is planned. */
  readonly jobId?: string | undefined;
}

/** The result of one look at a condition. */
export interface Reading {
  /** Whether the condition is true. */
  readonly holds: boolean;
  /** The values that were read. */
  readonly read: string;
}

/** A condition that a step or a runbook reaches. */
export interface Check {
  /** The statement that must be true: "the queue is paused in MySQL and in Redis". */
  readonly claim: string;
  look(at: Situation): Promise<Reading>;
}

/** A number that shows how bad the incident is. Reading the number changes nothing. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Undefined when there is nothing to read; that is suspicious too. */
  read(at: Situation): Promise<number | undefined>;
  /** The figure is suspicious beyond this bound. */
  readonly bound: { readonly above: number } | { readonly below: number };
  /** A sentence: what it means when the figure is beyond the bound. */
  readonly meaning: string;
}

interface StepCommon {
  /** Short and stable, such as "restart-worker"; `--from-step` accepts it. */
  readonly name: string;
  /** An imperative sentence without the full stop. */
  readonly title: string;
}

/** Runs one operation. */
export interface OperationStep extends StepCommon {
  readonly kind: "operation";
  readonly operation: AnyOperation;
  /** Finds the input of the operation in the present state. */
  input(at: Situation): Promise<JsonObject>;
  /** When this condition is already true, the step is left out. */
  readonly done: Check;
  /** Longest time from the end of the operation until `done` is true, ms. */
  readonly withinMs: number;
  /** Longest time of the operation, ms; without it, the operation runs until its end. */
  readonly operationMs?: number | undefined;
  /**
   * True when the verification of the operation is enough, because new events may make `done`
   * untrue again immediately.
   */
  readonly isVerifiedByOperation?: boolean | undefined;
}

/** A person does something outside the product. */
export interface ManualStep extends StepCommon {
  readonly kind: "manual";
  /** Sentences for the person. */
  readonly instruction: string;
  /** Shows that it was done; without it, the operator acknowledges the step. */
  readonly done?: Check | undefined;
  /** Longest time that one run waits until `done` is true, ms. */
  readonly withinMs: number;
}

/** The product does something by itself. */
export interface WaitStep extends StepCommon {
  readonly kind: "wait";
  readonly done: Check;
  /** Longest time of one run until a look at which the condition is true, ms. */
  readonly withinMs: number;
  /** How long every look must find the condition true, ms; without it, one look is enough. */
  readonly stableMs?: number | undefined;
}

/** The run goes on only if the condition is true now. */
export interface CheckStep extends StepCommon {
  readonly kind: "check";
  readonly done: Check;
}

export type RunbookStep = OperationStep | ManualStep | WaitStep | CheckStep;

/** The answer to one kind of incident, or a change of a live sale that needs several steps. */
export interface Runbook {
  /** Words with hyphens: "queue-stuck". */
  readonly name: string;
  readonly title: string;
  readonly severity: Severity;
  /** The view of operators and buyers. */
  readonly symptom: string;
  /** Findings of doctor that call for this runbook; none for a planned change. */
  readonly detection: readonly FindingCode[];
  /** Whether a run is about one queue. */
  readonly subject: "queue" | "none";
  /** True when the operator has to confirm the run with the runbook's name, and give a reason. */
  readonly isDangerous: boolean;
  /** A run is refused while one of these conditions is not true. */
  readonly preconditions: readonly Check[];
  readonly diagnosis: readonly Figure[];
  readonly steps: readonly RunbookStep[];
  /** Conditions after the last step, besides that its findings are gone. */
  readonly verification: readonly Check[];
  /** Says which state a rollback restores, and which it cannot restore. */
  readonly rollback: string;
  /** When to call for help, and what to hand over. */
  readonly escalation: string;
}
