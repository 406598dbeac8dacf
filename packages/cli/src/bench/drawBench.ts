import { relative } from "node:path";
import {
  type BenchProfile,
  type BenchReport,
  type BenchResult,
  type Comparison,
  type ContenderResult,
  isClean,
  type Spread,
} from "@onsale/simulator/bench";
import { table } from "../terminal/table.ts";

/** Formats the report for a terminal. */
export function drawBenches(report: BenchReport): string {
  const { machine } = report;
  const head =
    `${machine.cores} cores shared by all processes: ${machine.cpu}; Node ${machine.node}; ` +
    `${machine.servers.join(", ")}; load average ${machine.loadAverage.toFixed(1)} before the run`;
  return [head, ...report.benches.map(drawBench)].join("\n\n");
}

function drawBench(result: BenchResult): string {
  const title = `${result.name.toUpperCase()}: ${result.title}`;
  const blocks = [title, ...result.comparisons.map((one) => drawComparison(one))];
  blocks.push(drawCpu(result), drawMemory(result));
  if (result.notes !== undefined) blocks.push(...result.notes);
  if (result.profile !== undefined) blocks.push(drawProfile(result.profile));
  blocks.push(drawVerdict(result));
  return blocks.join("\n\n");
}

function contendersOf({ product, yardstick }: Comparison): ContenderResult[] {
  return [product, yardstick];
}

function drawComparison(comparison: Comparison): string {
  const { title, product, ratio, latencyRatio } = comparison;
  const rows = contendersOf(comparison).map((one) => [
    one.name,
    spread(one.acceptedPerSecond, 0),
    spread(one.refusedPerSecond, 0),
    ...latencies(one),
  ]);
  const head = [title.toUpperCase(), "ACCEPTED/S", "REFUSED/S", "P50 MS", "P95", "P99"];
  const lines = [table(head, rows)];
  const ofLatency = latencyRatio === undefined ? "" : `; of p95 ${spread(latencyRatio, 2)}`;
  const loads = product.rounds.map(({ loadAverage }) => loadAverage);
  lines.push(
    `Ratio to the yardstick, median of ${product.rounds.length} rounds (min to max): ` +
      `${spread(ratio, 2)}${ofLatency}. Load average up to ${Math.max(...loads).toFixed(1)}.`,
  );
  for (const one of contendersOf(comparison)) lines.push(...reasonsOf(one));
  return lines.join("\n");
}

/** Median over the rounds of each percentile of the accepted operations. */
function latencies({ rounds }: ContenderResult): string[] {
  const known = rounds.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]?.toFixed(1) ?? "-";
  return [
    median(known.map(({ p50 }) => p50)),
    median(known.map(({ p95 }) => p95)),
    median(known.map(({ p99 }) => p99)),
  ];
}

function reasonsOf({ name, rounds }: ContenderResult): string[] {
  const draw = (verb: string, counts: readonly Readonly<Record<string, number>>[]) => {
    const total = new Map<string, number>();
    for (const [reason, count] of counts.flatMap((one) => Object.entries(one))) {
      total.set(reason, (total.get(reason) ?? 0) + count);
    }
    const reasons = [...total].map(([reason, count]) => `${count} ${reason}`).join(", ");
    return reasons === "" ? [] : [`${name} ${verb}: ${reasons}`];
  };
  return [
    ...draw(
      "refused",
      rounds.map(({ refusedBy }) => refusedBy),
    ),
    ...draw(
      "failed",
      rounds.map(({ failedBy }) => failedBy),
    ),
  ];
}

/** The parties whose CPU time is measured, with their names for people. */
export const PARTIES = [
  ["api", "API"],
  ["mysql", "MYSQL"],
  ["redis", "REDIS"],
  ["load", "LOAD GENERATOR"],
  ["yardstick", "YARDSTICK"],
  ["crowd", "CROWD"],
] as const;

function drawCpu({ operation, comparisons }: BenchResult): string {
  const all = comparisons.flatMap(contendersOf);
  const parties = PARTIES.filter(([party]) => all.some(({ cpuUs }) => party in cpuUs));
  const rows = comparisons.flatMap((comparison) =>
    contendersOf(comparison).map((one) => [
      `${one.name}, ${comparison.title}`,
      ...parties.map(([party]) => one.cpuUs[party]?.toFixed(0) ?? "-"),
    ]),
  );
  const head = [`CPU OF A ${operation.toUpperCase()}, US`, ...PARTIES.map(([, label]) => label)];
  return table(head, rows);
}

function drawMemory({ apiMemoryMb: { start, end } }: BenchResult): string {
  const list = (values: readonly number[]) =>
    values.map((value) => value.toFixed(0)).join(" and ") || "-";
  return `Memory of the API processes: ${list(start)} MiB before, ${list(end)} MiB after`;
}

/** Functions with a smaller share are not shown, because there are many of them. */
const SHARE_SHOWN_MIN = 0.01;

function drawProfile(profile: BenchProfile): string {
  const share = (part: number) => `${(part * 100).toFixed(1)} %`;
  const packages = profile.packages
    .filter((one) => one.share >= SHARE_SHOWN_MIN)
    .map(({ name, share: part }) => [name, share(part)]);
  const functions = profile.functions.map(({ name, share: part }) => [name, share(part)]);
  const busy = profile.busyMs / (profile.busyMs + profile.idleMs);
  const files = profile.files.map((file) => relative(process.cwd(), file)).join(", ");
  return [
    `Profile of one API process under load: busy ${share(busy)} of the time. Self time:`,
    table(["PACKAGE", "SHARE"], packages),
    table(["FUNCTION", "SHARE"], functions),
    `For a browser's developer tools: ${files}`,
  ].join("\n\n");
}

function drawVerdict(result: BenchResult): string {
  const broken = result.invariants.filter(({ holds }) => !holds);
  if (isClean(result)) return `All ${result.invariants.length} invariants hold. No 5xx.`;
  return [
    ...broken.map(({ id, title, violationCount }) => {
      return `${id} IS BROKEN (${violationCount} violations): ${title}`;
    }),
    ...(result.failures > 0 ? [`${result.failures} requests got a 5xx or no answer`] : []),
  ].join("\n");
}

/** A spread as "90 (80 to 100)". */
export function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
