import type { CoreContext } from "../ports/coreContext.ts";
import type { InvariantSnapshot } from "../ports/invariantReader.ts";
import type { InvariantReport } from "../ports/invariantReport.ts";
import type { InvariantId } from "../shared/invariantTitles.ts";
import type { Acknowledgements } from "./checker.ts";
import { CheckerRun } from "./checkerRun.ts";
import { INVARIANTS } from "./invariantList.ts";
import { walkSnapshot } from "./walkSnapshot.ts";

export interface CheckInvariantsInput {
  /** The answers that clients received; absent when the caller did not record them. */
  readonly acknowledged?: Acknowledgements | undefined;
  /**
   * True when the sale is over and all work is done: no message may be unpublished or unapplied.
   * Default: false.
   */
  readonly drained?: boolean | undefined;
  /**
   * The longest allowed time from the expiry of a hold to its end, ms; default: see
   * `holdBoundMsOf`.
   */
  readonly holdBoundMs?: number | undefined;
  /**
   * The share of the time that the check may take, so that it does not slow down a sale: more than
   * 0 and at most 1. Default: 1, the fastest check.
   */
  readonly share?: number | undefined;
  /** The invariants to check; default: all. */
  readonly ids?: readonly InvariantId[] | undefined;
}

/** Covers missed sweeps of the reaper, a slow batch and the restart of a worker, even together. */
const HOLD_SLACK_MS = 15_000;
const HOLD_SWEEPS = 3;

/**
 * The bound of I9: a hold must end at most three intervals of the reaper plus 15 seconds after its
 * expiry.
 */
export function holdBoundMsOf(core: Pick<CoreContext, "config">): number {
  return HOLD_SWEEPS * core.config.hold.sweepMs + HOLD_SLACK_MS;
}

/**
 * Checks the invariants on a snapshot of the database. Never writes, and may run during a sale.
 * When a checker throws an error, its invariant has a violation that names the error (see
 * `CheckerRun`).
 * @throws DependencyUnavailableError when the database does not answer
 */
export function checkInvariants(
  core: Pick<CoreContext, "config" | "invariantReader">,
  input: CheckInvariantsInput = {},
): Promise<InvariantReport> {
  const { acknowledged, drained = false, holdBoundMs = holdBoundMsOf(core), ids } = input;
  const { share = 1 } = input;
  const { retentionMs } = core.config;
  const invariants = INVARIANTS.filter(({ id }) => ids?.includes(id) ?? true);
  async function judge(snapshot: InvariantSnapshot): Promise<InvariantReport> {
    const { nowUs } = snapshot;
    const context = { nowUs, acknowledged, drained, holdBoundMs, retentionMs };
    const checks = invariants.map(({ id, title, checker }) => ({
      id,
      title,
      run: new CheckerRun(checker(context)),
    }));
    await walkSnapshot(
      snapshot,
      checks.map(({ run }) => run),
      context,
    );
    const results = checks.map(({ id, title, run }) => {
      const result = run.result();
      return { id, title, holds: result.violationCount === 0, ...result };
    });
    return { holds: results.every((result) => result.holds), results };
  }
  return core.invariantReader.read(judge, { share });
}
