import { relative } from "node:path";
import {
  type BenchProfile,
  type BenchReport,
  type BenchResult,
  type Comparison,
  type ContenderResult,
  isClean,
} from "@onsale/simulator/bench";
import { table } from "../terminal/table.ts";
import {
  contendersOf,
  cpuRatio,
  latencyOf,
  loadAverageMax,
  memoryText,
  OTHER_CORES_SHOWN_MIN,
  otherCoresMax,
  partiesOf,
  reasonsText,
  spreadText,
  totalCpuRatio,
} from "./benchFigures.ts";

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
  const blocks = [title, ...result.comparisons.map(drawComparison)];
  blocks.push(drawCpu(result), memoryText(result.comparisons), ...(result.notes ?? []));
  if (result.profile !== undefined) blocks.push(drawProfile(result.profile));
  blocks.push(drawVerdict(result));
  return blocks.join("\n\n");
}

function drawComparison(comparison: Comparison): string {
  const { title, product, ratio, latencyRatio } = comparison;
  const rows = contendersOf(comparison).map((one) => [
    one.name,
    spreadText(one.acceptedPerSecond, 0),
    spreadText(one.refusedPerSecond, 0),
    ...(["p50", "p95", "p99"] as const).map((name) => latencyOf(one, name)?.toFixed(1) ?? "-"),
  ]);
  const head = [title.toUpperCase(), "ACCEPTED/S", "REFUSED/S", "P50 MS", "P95", "P99"];
  const ofLatency = latencyRatio === undefined ? "" : `; of p95 ${spreadText(latencyRatio, 2)}`;
  const ofServers = cpuRatio(comparison);
  const ofCpu =
    `by the CPU of all parties ${totalCpuRatio(comparison).toFixed(2)}` +
    (ofServers === undefined ? "" : `, of the servers alone ${ofServers.toFixed(2)}`);
  const lines = [
    table(head, rows),
    `Ratio to the yardstick, median of ${product.rounds.length} rounds (min to max): ` +
      `${spreadText(ratio, 2)}${ofLatency}; ${ofCpu}`,
    loadText(comparison),
  ];
  for (const one of contendersOf(comparison)) lines.push(...reasonLines(one));
  return lines.join("\n");
}

function loadText(comparison: Comparison): string {
  const others = otherCoresMax([comparison]);
  const disturbed =
    others < OTHER_CORES_SHOWN_MIN ? "" : `; other programs used ${others.toFixed(1)} cores`;
  return `Load average up to ${loadAverageMax(comparison).toFixed(1)}${disturbed}`;
}

function reasonLines({ name, rounds }: ContenderResult): string[] {
  const refused = reasonsText(rounds.map(({ refusedBy }) => refusedBy));
  const failed = reasonsText(rounds.map(({ failedBy }) => failedBy));
  return [
    ...(refused === "" ? [] : [`${name} refused: ${refused}`]),
    ...(failed === "" ? [] : [`${name} failed: ${failed}`]),
  ];
}

function drawCpu({ operation, comparisons }: BenchResult): string {
  const parties = partiesOf(comparisons.flatMap(contendersOf));
  const rows = comparisons.flatMap((comparison) =>
    contendersOf(comparison).map((one) => [
      `${one.name}, ${comparison.title}`,
      ...parties.map(([party]) => one.cpuUs[party]?.toFixed(0) ?? "-"),
    ]),
  );
  const title = `CPU OF A ${operation.toUpperCase()}, US`;
  return table([title, ...parties.map(([, label]) => label.toUpperCase())], rows);
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
    `Profile of one API process under load: busy ${share(busy)} of the time. A package counts ` +
      "with the functions of Node and V8 that it calls:",
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
    ...(result.failures > 0 ? [`${result.failures} operations failed`] : []),
  ].join("\n");
}
