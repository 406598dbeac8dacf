import { z } from "zod";
import { queueRecord } from "../operations/queue/queueFacts.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { detect, queueOf } from "./detect.ts";
import type { Runbook } from "./runbook.ts";
import { findRunbook } from "./runbookList.ts";

/** The input of the operation `runbook.run`. */
export const runbookInputSchema = z.strictObject({
  runbook: z.string().min(1).max(40),
  /** The id of the queue; empty for a runbook without a subject. */
  subject: z.string().max(64),
  /** Name of the first step; null begins with the first one of the runbook. */
  fromStep: z.string().max(40).nullable(),
});
export type RunbookInput = z.infer<typeof runbookInputSchema>;

export interface RunbookRequest {
  readonly runbook: string;
  /** The queue; by default the queue that doctor finds, or the only queue. */
  readonly subject?: string | undefined;
  /** Name of the first step, or its number, which begins with 1. */
  readonly fromStep?: string | undefined;
}

/**
 * Completes what an operator asked for.
 * @throws RunbookNotFoundError, QueueNotFoundError
 * @throws InvalidInputError for an unknown step, or when the queue is not clear
 */
export async function completeRunbookInput(
  core: CoreContext,
  { runbook: name, subject, fromStep }: RunbookRequest,
): Promise<RunbookInput> {
  const runbook = findRunbook(name);
  return {
    runbook: name,
    subject: await subjectOf(core, runbook, subject),
    fromStep: fromStep === undefined ? null : stepNameOf(runbook, fromStep),
  };
}

async function subjectOf(
  core: CoreContext,
  runbook: Runbook,
  given: string | undefined,
): Promise<string> {
  if (runbook.subject === "none") {
    if (given === undefined || given === "") return "";
    const details = { field: "subject" };
    throw new InvalidInputError(`the runbook ${runbook.name} has no subject`, details);
  }
  if (given !== undefined) {
    await queueRecord(core, given);
    return given;
  }
  const found = await detect(core, runbook.detection);
  const affected = new Set(found.map(queueOf).filter((queue) => queue !== undefined));
  const all = await core.admissions.listQueueIds(null);
  const candidates = affected.size > 0 ? [...affected] : all;
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return only;
  throw new InvalidInputError(
    `name the queue; ${affected.size > 0 ? "affected are" : "there are"} ${candidates.join(", ")}`,
    { field: "subject" },
  );
}

/**
 * The name of a step that an operator gave by its name or number.
 * @throws InvalidInputError
 */
export function stepNameOf({ name, steps }: Runbook, given: string): string {
  const found = steps.find((step, at) => step.name === given || String(at + 1) === given);
  if (found) return found.name;
  const names = steps.map((step, at) => `${at + 1} ${step.name}`).join(", ");
  throw new InvalidInputError(`${name} has no step "${given}"; its steps: ${names}`, {
    field: "fromStep",
  });
}
