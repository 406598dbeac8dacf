import type { Distribution, SaleFigures } from "@onsale/simulator/services";
import { durationText } from "@onsale/simulator/terminal";

/** "one transaction", "two services with faults". */
export function worldText({
  isSplit,
  hasFaults,
}: Pick<SaleFigures, "isSplit" | "hasFaults">): string {
  return `${isSplit ? "two services" : "one transaction"}${hasFaults ? " with faults" : ""}`;
}

/** "48 ms / 210 ms / 1.93 s": median, 95th percentile and longest. */
export function spreadText({ count, p50, p95, max }: Distribution): string {
  if (count === 0) return "-";
  return [p50, p95, max].map(durationText).join(" / ");
}

/** How an invariant holds, with the time that it did not hold. */
export function holdsText({ holds, ms }: SaleFigures["invariants"][number]): string {
  return holds === "in the end" ? `in the end (${spreadText(ms)})` : holds;
}
