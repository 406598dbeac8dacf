import type {
  Incident,
  IncidentReport,
  IncidentRun,
  IncidentWindow,
} from "@onsale/simulator/study";
import { type CpuParty, cpuParties, firstSaturated, resourceBounds } from "@onsale/simulator/study";

/** The columns of the comparison; the last one is missing without a run to compare with. */
export const FIGURE_COLUMNS = ["before the runbook", "after the runbook", "same time without it"];

/** A row of the comparison: its name, and one text for each column. */
export type FigureRow = readonly [name: string, ...values: string[]];

/** Compares the stretches of one incident. */
export function figureRows({ repaired, left }: Incident): readonly FigureRow[] {
  const windows = [repaired.before, repaired.after, ...(left ? [left.after] : [])];
  const row = (name: string, text: (window: IncidentWindow) => string): FigureRow => [
    name,
    ...windows.map(text),
  ];
  return [
    row("holds accepted a second", (at) => rate(at.traffic.holds.accepted, at)),
    row("holds, half within", ({ traffic }) => timeOf(traffic.holds, "p50Ms")),
    row("holds, 95 % within", ({ traffic }) => timeOf(traffic.holds, "p95Ms")),
    row("queue status, 95 % within", ({ traffic }) => timeOf(traffic.polls, "p95Ms")),
    row("requests accepted a second", (at) => rate(at.traffic.all.accepted, at)),
    row("requests refused a second", (at) => rate(at.traffic.all.refused, at)),
    row("requests failed a second", (at) => rate(at.traffic.all.failed, at)),
    row("active buyers, at most", ({ active }) => count(active)),
    row("requests in flight, at most", ({ inFlight }) => count(inFlight)),
    row("event-loop delay of the API, p99 at most", ({ loopDelayMs }) => duration(loopDelayMs)),
    row("oldest unpublished message, at most", ({ oldestMessageMs }) => duration(oldestMessageMs)),
    row("cores: whole machine", ({ machineCores }) => machineCores.toFixed(2)),
    ...CPU_ROWS.map(([name, party]) =>
      row(`cores: ${name}`, ({ cpu }) => cpu[party]?.toFixed(2) ?? "-"),
    ),
    row("cores: other programs", (at) => otherCores(at).toFixed(2)),
  ];
}

/** The cores that the parties did not use: the system, and programs of other people. */
function otherCores({ machineCores, cpu }: IncidentWindow): number {
  const known = cpuParties.reduce((sum, party) => sum + (cpu[party] ?? 0), 0);
  return Math.max(0, machineCores - known);
}

/** The most cores that the system and programs of other people used in a compared stretch. */
export function otherCoresMax({ incidents }: IncidentReport): number {
  const runs = incidents.flatMap(({ repaired, left }) => [repaired, ...(left ? [left] : [])]);
  return Math.max(0, ...runs.flatMap(({ before, after }) => [before, after]).map(otherCores));
}

const MINUTE_MS = 60_000;

const CPU_ROWS: readonly (readonly [name: string, party: CpuParty])[] = [
  ["API", "api"],
  ["worker", "worker"],
  ["MySQL", "mysql"],
  ["Redis", "redis"],
  ["Kafka", "kafka"],
  ["the simulated buyers", "buyers"],
];

/** Names what saturates first, and what follows. */
export function saturationText(run: IncidentRun, { bounds }: IncidentReport): string {
  const { saturations } = run;
  if (saturations.length === 0) return "Nothing is saturated.";
  const known = resourceBounds(bounds);
  const nameOf = (resource: string): string =>
    known.find((one) => one.resource === resource)?.name ?? resource;
  const first = firstSaturated(saturations);
  const names = listed(first.map(({ resource }) => nameOf(resource)));
  const when = first.length === 1 ? "First saturated" : "First saturated, in the same second";
  const later = saturations.filter((one) => !first.includes(one));
  const others = later.map(
    ({ resource, sinceMs }) => `${nameOf(resource)} after ${duration(sinceMs)}`,
  );
  const beginning = `${when}: ${names}, ${duration(first[0]?.sinceMs)} after the arrival`;
  return others.length === 0 ? `${beginning}.` : `${beginning}; then ${listed(others)}.`;
}

/** Formats a share of what is possible for each resource: "the cores of the machine 99 %". */
export function peakTexts(run: IncidentRun, { bounds }: IncidentReport): readonly string[] {
  return resourceBounds(bounds).map(({ resource, name, text, read }) => {
    const known = run.saturations.find((one) => one.resource === resource);
    const values = run.samples.map(read).filter((value) => value !== undefined);
    const peak = known?.peak ?? Math.max(0, ...values);
    return `${name}: ${text(peak)} at most${known ? "" : ", not saturated"}`;
  });
}

/** True when the runbook ended the overload and every invariant holds in each run. */
export function isGoodIncident({ repaired, left }: Incident): boolean {
  const runs = left ? [repaired, left] : [repaired];
  const areWhole = runs.every(({ isDrained, invariants }) => isDrained && isWhole(invariants));
  return areWhole && repaired.runbooks.at(-1)?.status === "DONE";
}

function isWhole(invariants: IncidentRun["invariants"]): boolean {
  return invariants.length > 0 && invariants.every(({ holds }) => holds);
}

/** Says how the data is at the end of a run. */
export function verdictText({ sale, isDrained, invariants }: IncidentRun): string {
  const broken = invariants.filter(({ holds }) => !holds).map(({ id }) => id);
  const sold = `${count(sale.seatsSold)} of ${count(sale.seats)} seats sold`;
  const messages = isDrained ? "every message published and applied" : "messages remain";
  const checked =
    broken.length > 0
      ? `broken: ${listed(broken)}`
      : `${invariants.length} invariants checked, all hold`;
  return `${sold}; ${messages}; ${checked}`;
}

/** "12,345"; "-" when it is not known. */
export function count(value: number | undefined): string {
  return value === undefined ? "-" : value.toLocaleString("en-US");
}

/** Formats milliseconds: "412 ms", "3.2 s", "1.5 min"; "-" when they are not known. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return "-";
  if (ms >= MINUTE_MS) return `${(ms / MINUTE_MS).toFixed(1)} min`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function timeOf(
  traffic: { readonly accepted: number; readonly p50Ms: number; readonly p95Ms: number },
  percentile: "p50Ms" | "p95Ms",
): string {
  return duration(traffic.accepted === 0 ? undefined : traffic[percentile]);
}

function rate(times: number, { fromMs, toMs }: IncidentWindow): string {
  return ((times * 1000) / Math.max(1, toMs - fromMs)).toFixed(1);
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
