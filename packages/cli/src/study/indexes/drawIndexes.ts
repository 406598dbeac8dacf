import type { IndexRun, IndexVariantResult } from "@onsale/simulator/study";
import { countText } from "@onsale/simulator/terminal";
import { table } from "../../terminal/table.ts";

/** Formats the study for a terminal. */
export function drawIndexes(runs: readonly IndexRun[]): string {
  return runs.map(drawRun).join("\n\n");
}

function drawRun({ server, rows, machine, cases }: IndexRun): string {
  const head = `${server}, ${rows.toLocaleString("en")} rows; ${machineText(machine)}`;
  const lines = cases.flatMap(({ title, variants }) =>
    variants.map((variant) => [
      ...[title, variant.name, timeText(variant), readsText(variant)],
      sizeText(variant),
    ]),
  );
  return `${head}\n\n${table(["QUERY", "INDEXES", "TIME", "READS", "INDEX"], lines)}`;
}

/** The machine of a measurement, with its load. */
export function machineText({ cores, cpu, node, loadBefore, loadAfter }: IndexRun["machine"]) {
  const load = `${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`;
  return `${cores} cores, ${cpu}, Node ${node}; load average ${load}`;
}

/** The median time with its range. */
export function timeText({ isStopped, ms }: IndexVariantResult): string {
  if (isStopped) return "stopped at the time limit";
  return `${msText(ms.median)} (${msText(ms.min)} to ${msText(ms.max)})`;
}

/** The reads of the storage engine. */
export function readsText({ isStopped, handlerReads }: IndexVariantResult): string {
  return `${isStopped ? "over " : ""}${handlerReads.toLocaleString("en")}`;
}

/** The size of the variant's index. */
export function sizeText({ index }: IndexVariantResult): string {
  if (index === undefined) return "-";
  return `${(index.bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** A time with the digits that it deserves. */
export function msText(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 100 ? countText(ms) : ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}
