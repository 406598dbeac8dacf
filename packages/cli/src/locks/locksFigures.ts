import type { ContentionFigures, Estimate, StrategyFigures } from "@onsale/simulator/locks";
import { countText, meanText } from "@onsale/simulator/terminal";

/** "123 ± 8" */
export function estimateText({ mean, halfWidth, runs }: Estimate): string {
  const text = (value: number): string => (mean < 10 ? value.toFixed(1) : countText(value));
  return runs < 2 ? text(mean) : `${text(mean)} ± ${text(halfWidth)}`;
}

/** "123 ms", "deadlocks", or "-" where the specification has no figure. */
export function specificationText({ specification }: StrategyFigures): string {
  if (specification === undefined) return "-";
  return typeof specification === "number" ? `${specification} ms` : specification;
}

/** The scenarios of the study: number of buyers and seats. */
export function scenariosOf(
  strategies: readonly StrategyFigures[],
): readonly Pick<ContentionFigures, "buyers" | "seats">[] {
  return strategies[0]?.contention ?? [];
}

/** "100 buyers on one seat" */
export function scenarioText({
  buyers,
  seats,
}: Pick<ContentionFigures, "buyers" | "seats">): string {
  const hall = seats === 1 ? "one seat" : `${seats} seats by Zipf's law`;
  return `${buyers.toLocaleString("en")} buyers on ${hall}`;
}

/** "0 in 2 runs" */
export function stallText({ stall }: StrategyFigures): string {
  return stall ? `${stall.doubleSales} in ${stall.runs} runs` : "-";
}

/** "7 of 60 (I1, answers)" */
export function virtualText({ virtual }: StrategyFigures): string {
  if (!virtual) return "-";
  const { failedSeeds, seeds, checks } = virtual;
  return `${failedSeeds} of ${seeds}${checks.length > 0 ? ` (${checks.join(", ")})` : ""}`;
}

/** The heads of the columns of one scenario. */
export const CONTENTION_HEAD = [
  "Time, ms",
  "Got / refused",
  "Twice",
  "Failed",
  "Deadlocks",
  "SQL",
  "Undone",
] as const;

/** The meaning of the columns that are not clear by their head. */
export const CONTENTION_LEGEND =
  "Time until the last buyer has an answer, with its 95 % confidence interval. Got: buyers who " +
  "got the answer that the seat is theirs. Refused: answers that a seat is taken; in a hall a " +
  "buyer can get several. Twice: buyers who got a seat that another buyer already had. Failed: " +
  "buyers who got an error. SQL: statements for each sold seat. Undone: transactions that were " +
  "rolled back for each sold seat. All are means of a run.";

/** The figures of one scenario, as cells. */
export function contentionCells(one: ContentionFigures): readonly string[] {
  return [
    estimateText(one.elapsedMs),
    `${meanText(one.accepted)} / ${meanText(one.refused)}`,
    meanText(one.doubleSales),
    meanText(one.failed),
    meanText(one.deadlocks),
    meanText(one.statementsPerSale),
    meanText(one.rollbacksPerSale),
  ];
}
