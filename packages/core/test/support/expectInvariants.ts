import { AssertionError } from "node:assert";
import {
  type CheckInvariantsInput,
  checkInvariants,
  type InvariantReport,
} from "../../src/invariants/checkInvariants.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";

/** Without a worker nobody ends overdue holds; tests of the bound state it themselves. */
const NO_BOUND_MS = 24 * 60 * 60 * 1000;

/** Fails with the evidence unless all of I1 to I10 hold. */
export async function expectInvariants(
  core: Pick<CoreContext, "config" | "evidence">,
  input: CheckInvariantsInput = {},
): Promise<InvariantReport> {
  const report = await checkInvariants(core, { holdBoundMs: NO_BOUND_MS, ...input });
  if (report.holds) return report;
  throw new AssertionError({ message: `invariants are broken\n${evidenceLines(report)}` });
}

function evidenceLines(report: InvariantReport): string {
  return report.results
    .filter((result) => !result.holds)
    .flatMap(({ id, title, evidence }) => [
      `${id} ${title}: ${evidence.violationCount} violations in ${evidence.examined} rows`,
      ...evidence.violations.map(({ message, ids }) => `   ${message} ${JSON.stringify(ids)}`),
    ])
    .join("\n");
}
