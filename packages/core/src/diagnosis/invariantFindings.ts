import { checkInvariants } from "../invariants/checkInvariants.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { InvariantReport, Violation } from "../ports/invariantReport.ts";
import type { InvariantId } from "../shared/invariantTitles.ts";
import { type Finding, type FindingCode, finding } from "./findingList.ts";

/**
 * - `auto`: checks now unless the data is large; then takes the result of the workers' hourly check
 * - `now`: checks all data now, at any size
 * - `drained`: like `now`, and requires that every message is published and applied
 * - `skip`: checks nothing
 */
export type InvariantMode = "auto" | "now" | "drained" | "skip";

/**
 * Maximum number of seats and messages that are checked while an operator waits. A measured check
 * of a million of them took 28 s, and longer during a sale.
 */
const SIZE_MAX = 200_000;
const MINUTE_MS = 60_000;
/**
 * Maximum age of a stored result. The check starts once an hour, and it may take long, because it
 * leaves most of the time to a sale.
 */
const AGE_MAX_MS = 150 * MINUTE_MS;

/** The invariants that have a runbook. */
const CODES: Partial<Record<InvariantId, FindingCode>> = {
  I1: "SEAT_RIGHTS_BROKEN",
  I2: "SALE_INCONSISTENT",
  I3: "LEDGER_MISMATCH",
  I4: "LEDGER_MISMATCH",
};

/** The result of a check, or of none. */
export interface InvariantCheck {
  readonly findings: readonly Finding[];
  readonly report: InvariantReport | undefined;
  /** Age of the report, ms; 0 when it was made now. */
  readonly ageMs: number;
}

/** Findings about the invariants. */
export async function invariantFindings(
  core: CoreContext,
  mode: InvariantMode,
): Promise<InvariantCheck> {
  if (mode === "skip") return { findings: [], report: undefined, ageMs: 0 };
  if (mode === "auto" && (await core.invariantReader.size(SIZE_MAX)) > SIZE_MAX) {
    return lastCheck(core);
  }
  const report = await checkInvariants(core, { drained: mode === "drained" });
  return { findings: brokenOnes(report), report, ageMs: 0 };
}

async function lastCheck(core: CoreContext): Promise<InvariantCheck> {
  const last = await core.invariantChecks.last();
  if (!last) {
    const message = "no check of the invariants has ended yet, and the data is large";
    const findings = [finding("INVARIANTS_UNCHECKED", "invariants", message)];
    return { findings, report: undefined, ageMs: 0 };
  }
  const { report, ageMs } = last;
  const minutes = Math.round(ageMs / MINUTE_MS);
  const message = `the last check of the invariants read the data ${minutes} min ago`;
  const old = ageMs > AGE_MAX_MS;
  const findings = [
    ...brokenOnes(report),
    ...(old ? [finding("INVARIANTS_UNCHECKED", "invariants", message)] : []),
  ];
  return { findings, report, ageMs };
}

/** Findings about seats and money, from a check of all data at any size. */
export async function damageFindings(core: CoreContext): Promise<readonly Finding[]> {
  return brokenOnes(await checkInvariants(core, { ids: ["I1", "I2", "I3", "I4"] }));
}

const idsOf = ({ ids }: Violation): string => JSON.stringify(ids);

function brokenOnes({ results }: InvariantReport): readonly Finding[] {
  return results
    .filter(({ holds }) => !holds)
    .map(({ id, title, violationCount, violations }) => {
      const [first] = violations;
      const example = first === undefined ? "" : `; first: ${first.message} ${idsOf(first)}`;
      return finding(
        CODES[id] ?? "INVARIANT_BROKEN",
        id,
        `${id} (${title}): ${violationCount} times${example}`,
      );
    });
}
