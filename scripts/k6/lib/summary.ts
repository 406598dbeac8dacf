import type { LoadScenario } from "./scenario.ts";

/** The part of k6's summary that is stored. */
interface SummaryMetric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly state: { readonly testRunDurationMs: number };
}

/**
 * Returns the function that k6 calls at the end. It prints one line for each step, and writes all
 * figures to the file that SUMMARY_FILE names.
 */
export function summaryOf(scenario: LoadScenario): (data: SummaryData) => Record<string, string> {
  return (data) => {
    const { name, stages, steps, limits } = scenario;
    const { metrics } = data;
    const stored = { name, stages, steps, limits, metrics, tookMs: data.state.testRunDurationMs };
    const file = __ENV.SUMMARY_FILE;
    return {
      stdout: `${linesOf(scenario, data).join("\n")}\n`,
      ...(file !== undefined && { [file]: JSON.stringify(stored) }),
    };
  };
}

function linesOf({ name, steps }: LoadScenario, { metrics }: SummaryData): string[] {
  const lines = [`${name}`];
  for (const step of steps) {
    const accepted = metrics[`accepted_ms{step:${step}}`]?.values ?? {};
    const refused = metrics[`refused_ms{step:${step}}`]?.values ?? {};
    const failed = metrics[`failures{step:${step}}`]?.values ?? {};
    lines.push(
      `  ${step.padEnd(9)} accepted ${countText(accepted.count)}, average ${msText(accepted.avg)}` +
        `, p95 ${msText(accepted["p(95)"])}; refused ${countText(refused.count)}` +
        `, failed ${countText(failed.count)}`,
    );
  }
  for (const [metric, { thresholds = {} }] of Object.entries(metrics)) {
    for (const [limit, { ok }] of Object.entries(thresholds)) {
      if (!ok) lines.push(`  NOT KEPT: ${metric} ${limit}`);
    }
  }
  return lines;
}

function countText(count: number | undefined): string {
  return String(count ?? 0);
}

function msText(ms: number | undefined): string {
  return ms === undefined ? "-" : `${ms.toFixed(1)} ms`;
}
