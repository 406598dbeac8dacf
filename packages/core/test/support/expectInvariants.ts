import { AssertionError } from "node:assert";
import {
  type CheckInvariantsInput,
  checkInvariants,
} from "../../src/invariants/checkInvariants.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { InvariantReport } from "../../src/ports/invariantReport.ts";

/** The default: I9 accepts every overdue hold, because without a worker no process ends them. */
const NO_BOUND_MS = 24 * 60 * 60 * 1000;

/** Fails with the violations if one of I1 to I10 is violated. */
export async function expectInvariants(
  core: Pick<CoreContext, "config" | "invariantReader">,
  input: CheckInvariantsInput = {},
): Promise<InvariantReport> {
  const report = await checkInvariants(core, { holdBoundMs: NO_BOUND_MS, ...input });
  if (report.holds) return report;
  throw new AssertionError({ message: `invariants are broken\n${violationLines(report)}` });
}

function violationLines(report: InvariantReport): string {
  return report.results
    .filter((result) => !result.holds)
    .flatMap(({ id, title, violationCount, rowsRead, violations }) => [
      `${id} ${title}: ${violationCount} violations in ${rowsRead} rows`,
      ...violations.map(({ message, ids }) => `   ${message} ${JSON.stringify(ids)}`),
    ])
    .join("\n");
}
