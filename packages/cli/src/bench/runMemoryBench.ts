import type { InvariantReport } from "@onsale/core";
import { BENCHES, benchMemory, type MemoryFigures } from "@onsale/simulator/bench";
import { durationText } from "@onsale/simulator/terminal";
import { drawInvariants } from "../diagnosis.ts";
import { measuredServers } from "../stackEnvironment.ts";
import { table } from "../terminal/table.ts";
import { type BenchFlags, settingsOf } from "./benchCommand.ts";
import { withBenchGround } from "./withBenchGround.ts";

export interface MemoryBenchInput {
  readonly minutes: number;
  readonly flags: BenchFlags;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface MemoryBenchResult extends MemoryFigures {
  readonly report: InvariantReport;
}

const MINUTE_MS = 60_000;

/** Runs the load on data of its own, and then checks every invariant. */
export async function runMemoryBench(input: MemoryBenchInput): Promise<MemoryBenchResult> {
  const { checkInvariants } = await import("@onsale/core");
  const { minutes, flags, onProgress: onRound, signal } = input;
  const servers = await measuredServers();
  const settings = settingsOf(BENCHES.holds, flags, {});
  return withBenchGround({ servers, settings, onRound, signal }, async (ground) => {
    const figures = await benchMemory(ground, minutes * MINUTE_MS);
    return { ...figures, report: await checkInvariants(ground.core) };
  });
}

/** True when the memory of each process is flat, no request failed and every invariant holds. */
export function isFlatAndClean({ processes, failed, report }: MemoryBenchResult): boolean {
  return processes.every(({ isFlat }) => isFlat) && failed === 0 && report.holds;
}

/** Formats the result for people. */
export function drawMemoryBench(result: MemoryBenchResult): string {
  const { inFlight, elapsedMs, accepted, refused, failedBy, processes, report } = result;
  const names = processes.map((_one, index) => `API ${index + 1}`);
  const [first] = processes;
  const rows = (first?.periods ?? []).map(({ untilMs }, at) => [
    durationText(untilMs),
    ...processes.flatMap(({ periods }) => [
      periods[at]?.rssMb.toFixed(0) ?? "-",
      periods[at]?.heapMb.toFixed(0) ?? "-",
    ]),
  ]);
  const failures = Object.entries(failedBy).map(([reason, count]) => `, ${count} ${reason}`);
  return [
    `${inFlight} in flight for ${durationText(elapsedMs)}: ${accepted} holds accepted, ` +
      `${refused} refused${failures.join("")}. Memory, MiB:`,
    table(["UNTIL", ...names.flatMap((name) => [`${name} RSS`, "HEAP"])], rows),
    ...processes.map(({ rssMbPerMinute, heapMbPerMinute, isFlat }, index) => {
      const change = `RSS ${signed(rssMbPerMinute)}, heap ${signed(heapMbPerMinute)} MiB a minute`;
      return `${names[index]} after the first minute: ${change}: ${isFlat ? "flat" : "IT GROWS"}`;
    }),
    drawInvariants(report),
  ].join("\n");
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}
