import type { CoreContext } from "../ports/coreContext.ts";
import { checkSales } from "../sales/checkSales.ts";
import { type Finding, finding } from "./findingList.ts";

/**
 * Number of the newest reservations that are compared while an operator waits: some tens of
 * milliseconds. The worker's hourly check compares all.
 */
const NEWEST = 20_000;

/** Findings about a sales projection that no message will correct. */
export async function salesFindings(core: CoreContext): Promise<readonly Finding[]> {
  const { wrongCount, wrong, wrongSumCount, sums } = await checkSales(core, { newest: NEWEST });
  const [first] = wrong;
  const [firstSum] = sums;
  const messages = [
    ...(first
      ? [`${wrongCount} reservations are counted wrongly; first: ${first.reservationId}`]
      : []),
    ...(firstSum
      ? [
          `the figures of ${wrongSumCount} performances are not the sum of their reservations; ` +
            `first: performance ${firstSum.performanceId}`,
        ]
      : []),
  ];
  return messages.map((message) => finding("SALES_DRIFTED", "sales projection", message));
}
