import type { CoreContext } from "../ports/coreContext.ts";
import type { Acknowledgements, Evidence } from "../ports/evidenceStore.ts";
import { INVARIANTS, type InvariantId } from "./invariantList.ts";

export interface InvariantResult {
  readonly id: InvariantId;
  readonly title: string;
  readonly holds: boolean;
  readonly evidence: Evidence;
}

/** The verdict on I1 to I10, with the evidence for each. */
export interface InvariantReport {
  readonly holds: boolean;
  readonly results: readonly InvariantResult[];
}

export interface CheckInvariantsInput {
  /** What clients were told, when somebody kept count. */
  readonly acknowledged?: Acknowledgements | undefined;
  /** Everything has come to rest: nothing may be unpublished or unapplied. Default: false. */
  readonly drained?: boolean | undefined;
  /** How long after its end a hold may still be in the way; default: see `holdBoundMsOf`. */
  readonly holdBoundMs?: number | undefined;
}

/** Missed sweeps, a slow batch and a worker's restart together stay within this. */
const HOLD_SLACK_MS = 15_000;
const HOLD_SWEEPS = 3;

/** The stated bound of I9: three sweeps and 15 seconds after its end no hold is in the way. */
export function holdBoundMsOf(core: Pick<CoreContext, "config">): number {
  return HOLD_SWEEPS * core.config.hold.sweepMs + HOLD_SLACK_MS;
}

/**
 * Asks the database whether everything that must always hold does hold. Reads only; may run while
 * the sale goes on.
 * @throws DependencyUnavailableError when the database does not answer: no verdict
 */
export async function checkInvariants(
  core: Pick<CoreContext, "config" | "evidence">,
  input: CheckInvariantsInput = {},
): Promise<InvariantReport> {
  const inputs = {
    acknowledged: input.acknowledged,
    drained: input.drained ?? false,
    holdBoundMs: input.holdBoundMs ?? holdBoundMsOf(core),
  };
  const results: InvariantResult[] = [];
  // One after the other: the check must not crowd out buyers.
  for (const { id, title, ask } of INVARIANTS) {
    const evidence = await ask(core.evidence, inputs);
    results.push({ id, title, holds: evidence.violationCount === 0, evidence });
  }
  return { holds: results.every((result) => result.holds), results };
}
