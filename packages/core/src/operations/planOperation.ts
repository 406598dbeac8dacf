import { z } from "zod";
import type { CoreContext } from "../ports/coreContext.ts";
import type { ChangeKey, Job, NewJob } from "../ports/operationStore.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import { ruleText } from "../shared/ruleText.ts";
import { JobNotFoundError } from "./errors.ts";
import type { AnyOperation, Change, Facts, OperationPlan } from "./operation.ts";

/** How long a plan is valid. A person reads it and decides; older figures may be out of date. */
const VALID_MS = 15 * 60_000;

/** The stored form of a plan. */
export const planSchema = z.object({
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  count: z.number(),
  unit: z.string(),
  sample: z.array(z.string()),
  isSummary: z.boolean().optional(),
  hasEffect: z.boolean().optional(),
  notes: z.array(z.string()),
  /** The operation's target; its lease shows whether a run is alive. */
  target: z.string().optional(),
});

export interface PlanOperationInput {
  readonly operation: AnyOperation;
  readonly input: unknown;
  /** The audit record whose effect this operation reverts. */
  readonly undoes?: number | undefined;
  /** Default: a new id. A caller that may repeat the call after a crash derives its own id. */
  readonly jobId?: string | undefined;
}

export interface PlannedJob {
  readonly job: Job;
  readonly plan: OperationPlan;
  /** The name to confirm; undefined when the operation needs none. */
  readonly confirmation: string | undefined;
}

/**
 * Reads what an operation would change, and stores the plan. Changes nothing else.
 * @throws InvalidInputError for an input that the operation does not accept
 */
export async function planOperation(
  core: CoreContext,
  { operation, input: given, undoes, jobId: id = core.ids.uuid() }: PlanOperationInput,
): Promise<PlannedJob> {
  const change = changeOf(operation, given);
  const plan = await change.plan(core);
  await core.operations.addJob(null, newJobOf(change, plan, { id, undoes }));
  const job = await core.operations.findJob(null, id);
  if (!job) throw new JobNotFoundError(id);
  return { job, plan, confirmation: change.confirmation() };
}

/** The job that does a plan. */
export function newJobOf(
  change: Change,
  plan: OperationPlan,
  { id, undoes }: Pick<NewJob, "id" | "undoes">,
): NewJob {
  const { input } = change;
  return {
    ...{ ...keyOf(change), id, input, undoes, validMs: VALID_MS },
    plan: { ...plan, target: change.target() },
    planHash: planHashOf(change, plan.facts),
  };
}

/** Maximum number of mistakes that the error about an input names. */
const MISTAKES_MAX = 100;

/** Parses the input of an operation. @throws InvalidInputError with the rules that it breaks */
export function changeOf(operation: AnyOperation, input: unknown): Change {
  try {
    return operation.withInput(input);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    const field = issue?.path.join(".") ?? "";
    const mistakes = error.issues
      .slice(0, MISTAKES_MAX)
      .map((one) => ({ path: one.path.join("."), reason: ruleText(one) }));
    const details = { field, mistakes, mistakeCount: error.issues.length };
    throw new InvalidInputError(
      `${field === "" ? "input" : field}: ${issue && ruleText(issue)}`,
      details,
    );
  }
}

/** The key of a change: its operation, and a hash of its input. */
export function keyOf({ operation, input }: Change): Pick<ChangeKey, "operation" | "inputHash"> {
  return { operation, inputHash: fingerprintOf(input) };
}

/** SHA-256 of everything that a plan promises. */
export function planHashOf({ operation, input }: Change, facts: Facts): string {
  return fingerprintOf({ operation, input, facts });
}
