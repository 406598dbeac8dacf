import {
  type EstimateSource,
  estimateSources,
  requestPhases,
  spanPhases,
} from "../measure/recorder.ts";
import { headline } from "../report/verdictSection.ts";
import { countText, durationText, percentText, spaced } from "../report/words.ts";
import type { RushResult } from "../rush/rushResult.ts";

type Latency = RushResult["spans"]["wait"];

/** Maximum number of violations that the terminal shows. The JSON and the report show more. */
const VIOLATIONS_SHOWN_MAX = 3;

/**
 * Formats the result as lines of text. The figures come first. The verdict is last, so that it is
 * visible at the end of the output.
 */
export function rushSummary(result: RushResult): readonly string[] {
  return [
    ...saleLines(result),
    "",
    ...latencyLines(result),
    "",
    ...requestLines(result),
    "",
    ...verdictLines(result),
  ];
}

function saleLines(result: RushResult): string[] {
  const { sale, outcomes, fairness, arrivals, elapsedMs, faults } = result;
  const { overtakings, comparablePairs, gamma, worstLossPlaces } = fairness;
  const soldOut =
    sale.soldOutMs === null
      ? `not sold out: ${sale.unsoldReason ?? ""}`
      : `sold out after ${durationText(sale.soldOutMs)}`;
  const ways = Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${countText(count)} ${spaced(outcome)}`);
  return [
    `Seats     ${countText(sale.sold)} of ${countText(sale.seats)} sold, ${soldOut}`,
    `Revenue   ${countText(sale.revenue)} points`,
    `Buyers    ${ways.join(", ")}; the last session ended after ${durationText(elapsedMs)}`,
    `Arrivals  ${countText(arrivals.late)} began more than ${arrivals.lateAfterMs} ms after the ` +
      `intended start, at most ${durationText(arrivals.latestMs)}`,
    `Fairness  ${countText(overtakings)} overtakings in ${countText(comparablePairs)} pairs, ` +
      `gamma ${gamma.toFixed(4)}, most places lost ${countText(worstLossPlaces)}`,
    ...estimateSources.flatMap((by) => waitErrorLine(result, by)),
    ...faults.map(({ atMs, what }) => `Fault     ${durationText(atMs)}: ${what}`),
  ];
}

function waitErrorLine({ waitErrors }: RushResult, by: EstimateSource): string[] {
  const { count, p50Ms, p90Ms, p50Share, p90Share, withinGoal } = waitErrors[by];
  if (count === 0) return [];
  return [
    `Estimate  of the ${by}: wrong by ${durationText(p50Ms)} or ${percentText(p50Share)} (p50), ` +
      `${durationText(p90Ms)} or ${percentText(p90Share)} (p90); ` +
      `${percentText(withinGoal)} of ${countText(count)} within 15 % or 10 s`,
  ];
}

const NAME_WIDTH = 18;
const CELL_WIDTH = 10;

function latencyLines(result: RushResult): string[] {
  const header = ["count", "p50", "p95", "p99", "p99.9", "max"];
  const rows = [
    ...spanPhases.map((span) => [span, result.spans[span]] as const),
    ...requestPhases.flatMap((phase) => [
      [phase, result.phases[phase].accepted] as const,
      [`${phase} refused`, result.phases[phase].refused] as const,
    ]),
  ];
  return [
    tableLine("from intended", header),
    ...rows.filter(([, latency]) => latency.count > 0).map(([name, one]) => latencyLine(name, one)),
  ];
}

function latencyLine(name: string, latency: Latency): string {
  const { p50Ms, p95Ms, p99Ms, p999Ms, maxMs } = latency;
  const cells = [p50Ms, p95Ms, p99Ms, p999Ms, maxMs].map(durationText);
  return tableLine(name, [countText(latency.count), ...cells]);
}

function tableLine(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join(" ")}`;
}

function requestLines({ requests, phases }: RushResult): string[] {
  const codes = new Map<string, number>();
  for (const phase of requestPhases) {
    for (const [code, count] of Object.entries(phases[phase].refusedByCode)) {
      codes.set(code, (codes.get(code) ?? 0) + count);
    }
  }
  const kinds = Object.entries(requests.failedByKind);
  const { accepted, refused, failed, acceptedPerSecond, refusedPerSecond } = requests;
  const share = failed / Math.max(1, accepted + refused + failed);
  const refusedText = `${countText(refused)} requests, ${countText(refusedPerSecond)}/s`;
  return [
    `Accepted  ${countText(accepted)} requests, ${countText(acceptedPerSecond)}/s`,
    `Refused   ${refusedText}${listed([...codes])}`,
    `Failed    ${countText(failed)} requests (${percentText(share)})${listed(kinds)}`,
    `5xx       ${countText(requests.serverErrors)}`,
  ];
}

function listed(counts: readonly (readonly [string, number])[]): string {
  if (counts.length === 0) return "";
  return `: ${counts.map(([name, count]) => `${countText(count)} ${name}`).join(", ")}`;
}

function verdictLines(result: RushResult): string[] {
  const { verdict } = result;
  const lines = verdict.invariants.flatMap(invariantLines);
  if (verdict.given) {
    const differ = verdict.mismatches.length;
    const repeats = `${countText(verdict.repeats)} repeated`;
    const counts = differ === 0 ? repeats : `${repeats}, ${countText(differ)} differ`;
    lines.push(`${mark(differ === 0)} key same Idempotency-Key, same answer (${counts})`);
    const errors = verdict.internalErrors;
    const found = errors === 0 ? "none" : countText(errors);
    lines.push(`${mark(errors === 0)} 500 no request ends in an internal error (${found} did)`);
    if (!verdict.drained) {
      const pending = countText(verdict.pendingMessages);
      lines.push(`  the drain did not finish: ${pending} messages unpublished`);
    }
  }
  if (verdict.given && verdict.scope === "installation") {
    lines.push("  rows are of the whole installation, not only of this run");
  }
  return [...lines, "", `${headline(result)}.`];
}

function invariantLines(one: RushResult["verdict"]["invariants"][number]): string[] {
  const { id, title, holds, rowsRead, violationCount } = one;
  const broken = holds ? "" : `, ${countText(violationCount)} broken`;
  return [
    `${mark(holds)} ${id.padEnd(4)}${title} (${countText(rowsRead)} rows${broken})`,
    ...one.violations
      .slice(0, VIOLATIONS_SHOWN_MAX)
      .map(({ message, ids }) => `       ${message} ${JSON.stringify(ids)}`),
  ];
}

function mark(good: boolean): string {
  return good ? "✓" : "✗";
}
