import type { CoreContext } from "../ports/coreContext.ts";
import type { Acknowledgements } from "./checker.ts";
import { INVARIANTS, type InvariantId } from "./invariantList.ts";
import type { CheckResult } from "./violations.ts";
import { walkSnapshot } from "./walkSnapshot.ts";

export interface InvariantResult extends CheckResult {
  readonly id: InvariantId;
  readonly title: string;
  readonly holds: boolean;
}

/** What the checkers of I1 to I10 found. */
export interface InvariantReport {
  readonly holds: boolean;
  readonly results: readonly InvariantResult[];
}

export interface CheckInvariantsInput {
  /** The answers that clients received, when somebody kept count. */
  readonly acknowledged?: Acknowledgements | undefined;
  /** The sale is over and idle: no message may be unpublished or unapplied. Default: false. */
  readonly drained?: boolean | undefined;
  /** How long after its end a hold may still be there; default: see `holdBoundMsOf`. */
  readonly holdBoundMs?: number | undefined;
  /** Only these; default: all. */
  readonly ids?: readonly InvariantId[] | undefined;
}

/** Missed sweeps, a slow batch and a worker's restart together stay within this. */
const HOLD_SLACK_MS = 15_000;
const HOLD_SWEEPS = 3;

/** The stated bound of I9: three sweeps and 15 seconds after its end every hold is gone. */
export function holdBoundMsOf(core: Pick<CoreContext, "config">): number {
  return HOLD_SWEEPS * core.config.hold.sweepMs + HOLD_SLACK_MS;
}

/**
 * Reads the database as it is at one moment and checks everything that must always hold. Never
 * writes; may run while the sale goes on.
 * @throws DependencyUnavailableError when the database does not answer: there is no result
 */
export function checkInvariants(
  core: Pick<CoreContext, "config" | "invariantReader">,
  input: CheckInvariantsInput = {},
): Promise<InvariantReport> {
  const { acknowledged, drained = false, holdBoundMs = holdBoundMsOf(core), ids } = input;
  const { retentionMs } = core.config;
  const invariants = INVARIANTS.filter(({ id }) => ids?.includes(id) ?? true);
  return core.invariantReader.read(async (snapshot) => {
    const { nowUs } = snapshot;
    const context = { nowUs, acknowledged, drained, holdBoundMs, retentionMs };
    const checks = invariants.map(({ id, title, checker }) => ({
      id,
      title,
      checker: checker(context),
    }));
    await walkSnapshot(
      snapshot,
      checks.map(({ checker }) => checker),
      context,
    );
    const results = checks.map(({ id, title, checker }) => {
      const result = checker.result();
      return { id, title, holds: result.violationCount === 0, ...result };
    });
    return { holds: results.every((result) => result.holds), results };
  });
}
