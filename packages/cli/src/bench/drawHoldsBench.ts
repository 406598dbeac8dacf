import { relative } from "node:path";
import {
  labelOf,
  type MeasuredRound,
  type Spread,
  type VariantResult,
} from "@onsale/simulator/bench";
import { table } from "../terminal/table.ts";
import type { HoldsBenchReport } from "./runHoldsBench.ts";

/** Formats the report for a terminal. */
export function drawHoldsBench(report: HoldsBenchReport): string {
  const { machine, variants } = report;
  const rounds = variants[0]?.rounds.length ?? 0;
  const head =
    `Holds on distinct seats, ${report.inFlight} in flight, ${report.holdsPerRound} a round, ` +
    `median of ${rounds} rounds (min to max)\n` +
    `${machine.cores} cores shared by client, API and servers: ${machine.cpu}; ` +
    `Node ${machine.node}; ${machine.servers.join(", ")}`;
  const blocks = [head, drawRates(variants), drawLatencies(variants), drawCpu(variants)];
  if (report.profile !== undefined) blocks.push(drawProfile(report.profile));
  return blocks.join("\n\n");
}

function drawRates(variants: readonly VariantResult[]): string {
  const rows = variants.map(({ name, rounds, acceptedPerSecond, ratio }) => [
    labelOf(name),
    spread(acceptedPerSecond, 0),
    ratio === undefined ? "1" : spread(ratio, 2),
    String(sum(rounds, (round) => round.accepted)),
    String(sum(rounds, (round) => round.refused)),
    String(sum(rounds, (round) => round.failed)),
  ]);
  const head = ["", "ACCEPTED/S", "RATIO TO V0", "ACCEPTED", "REFUSED", "FAILED"];
  const lines = [table(head, rows)];
  for (const { name, rounds } of variants) {
    const reasons = rounds.flatMap((round) => Object.entries(round.refusedBy));
    const codes = [...new Set(reasons.map(([code]) => code))].map((code) => {
      const count = reasons.reduce((total, [one, some]) => total + (one === code ? some : 0), 0);
      return `${count} ${code}`;
    });
    if (codes.length > 0) lines.push(`${labelOf(name)} refused: ${codes.join(", ")}`);
    const failed = rounds.find((round) => round.firstFailure !== undefined);
    if (failed !== undefined) lines.push(`${labelOf(name)} failed: ${failed.firstFailure}`);
  }
  return lines.join("\n");
}

function drawLatencies(variants: readonly VariantResult[]): string {
  const rows = variants.map(({ name, rounds }) => [
    `${labelOf(name)}, saturated`,
    ...latencies(rounds.map((round) => round.latencyMs)),
  ]);
  for (const { name, paced } of variants) {
    if (paced === undefined) continue;
    const label = `${labelOf(name)} at ${Math.round(paced.perSecond)}/s`;
    rows.push([label, ...latencies([paced.latencyMs])]);
  }
  const note =
    "Accepted holds only. Saturated: from the moment the slot came free, worst round. " +
    "At a rate: from the intended start.";
  return `${table(["LATENCY, MS", "P50", "P95", "P99"], rows)}\n${note}`;
}

function latencies(rounds: readonly { p50: number; p95: number; p99: number }[]): string[] {
  const worst = (pick: (round: { p50: number; p95: number; p99: number }) => number) =>
    Math.max(...rounds.map(pick)).toFixed(1);
  return [worst((r) => r.p50), worst((r) => r.p95), worst((r) => r.p99)];
}

const PARTIES = ["client", "api", "mysql", "redis"] as const;

function drawCpu(variants: readonly VariantResult[]): string {
  const rows = variants.map(({ name, rounds }) => {
    const elapsedMs = sum(rounds, (round) => round.elapsedMs);
    const accepted = sum(rounds, (round) => round.accepted);
    const cells = PARTIES.map((party) => {
      const ms = sum(rounds, (round) => round.cpuMs[party] ?? Number.NaN);
      if (!Number.isFinite(ms)) return "-";
      return `${((ms * 1000) / accepted).toFixed(0)} us, ${((ms * 100) / elapsedMs).toFixed(0)} %`;
    });
    return [labelOf(name), ...cells];
  });
  return table(["CPU PER HOLD, SHARE OF A CORE", "CLIENT", "API", "MYSQL", "REDIS"], rows);
}

/** Functions with a smaller share are not shown, because there are many of them. */
const SHARE_SHOWN_MIN = 0.005;

function drawProfile(profile: NonNullable<HoldsBenchReport["profile"]>): string {
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

function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

function sum(rounds: readonly MeasuredRound[], pick: (round: MeasuredRound) => number): number {
  return rounds.reduce((total, round) => total + pick(round), 0);
}
