import { z } from "zod";
import type { LoadScenarioResult, LoadTimes } from "./loadReport.ts";

const metricSchema = z.object({
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
});

/** The file that a script of scripts/k6 writes at its end. */
export const k6SummarySchema = z.object({
  name: z.string(),
  stages: z.array(z.object({ seconds: z.number(), users: z.number() })),
  steps: z.array(z.string()),
  limits: z.object({
    p95Ms: z.number(),
    p99Ms: z.number().optional(),
    averageMs: z.number().optional(),
    failedShareMax: z.number(),
  }),
  metrics: z.record(z.string(), metricSchema),
  tookMs: z.number(),
});
export type K6Summary = z.infer<typeof k6SummarySchema>;

/** The part of a scenario's result that k6 measured. */
export type MeasuredByK6 = Omit<LoadScenarioResult, "title" | "run" | "cores" | "invariants">;

/** Reads the figures of a scenario from k6's summary. */
export function measuredByK6(summary: K6Summary): MeasuredByK6 {
  const { name, metrics, tookMs, stages, steps } = summary;
  const limits = withoutUndefined(summary.limits);
  const requests = metrics.http_reqs?.values.count ?? 0;
  const payments = metrics.payments?.values.count;
  return {
    name,
    users: Math.max(0, ...stages.map(({ users }) => users)),
    tookMs,
    limits,
    requests,
    perSecond: tookMs > 0 ? (requests * 1000) / tookMs : 0,
    failedShare: metrics.http_req_failed?.values.rate ?? 0,
    failedBy: failedByReason(metrics),
    accepted: timesOf(metrics.accepted_ms?.values),
    steps: steps.map((step) => ({
      step,
      accepted: timesOf(metrics[`accepted_ms{step:${step}}`]?.values),
      refused: timesOf(metrics[`refused_ms{step:${step}}`]?.values),
      failed: metrics[`failures{step:${step}}`]?.values.count ?? 0,
    })),
    stages: stages.map(({ seconds: longest, users }, index) => {
      const startMs = stages.slice(0, index).reduce((sum, { seconds }) => sum + seconds * 1000, 0);
      // Users who make one visit can be through before the time of their stage is over.
      const seconds = Math.min(longest, Math.max(0, tookMs - startMs) / 1000);
      const p95Ms = metrics[`accepted_ms{stage:${index}}`]?.values["p(95)"] ?? 0;
      const failedShare = metrics[`http_req_failed{stage:${index}}`]?.values.rate ?? 0;
      const isKept = p95Ms < limits.p95Ms && failedShare < limits.failedShareMax;
      const inStage = metrics[`http_reqs{stage:${index}}`]?.values.count ?? 0;
      return { seconds, users, requests: inStage, p95Ms, failedShare, isKept };
    }),
    notKept: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).flatMap(([limit, { ok }]) => (ok ? [] : [`${metric} ${limit}`])),
    ),
    ...(payments !== undefined && { payments }),
  };
}

const REASON = /^failures\{reason:(.+)\}$/;

/** The failed requests by their reason. Reasons that did not occur are left out. */
function failedByReason(metrics: K6Summary["metrics"]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([metric, { values }]) => {
      const reason = REASON.exec(metric)?.[1];
      const failed = values.count ?? 0;
      return reason === undefined || failed === 0 ? [] : [[reason, failed]];
    }),
  );
}

/** k6 stores no times when nothing was measured. */
function timesOf(values: Readonly<Record<string, number>> = {}): LoadTimes {
  const { count = 0, avg = 0, max = 0 } = values;
  return {
    count,
    averageMs: avg,
    p95Ms: values["p(95)"] ?? 0,
    p99Ms: values["p(99)"] ?? 0,
    maxMs: max,
  };
}

function withoutUndefined({ p95Ms, p99Ms, averageMs, failedShareMax }: K6Summary["limits"]) {
  return {
    p95Ms,
    failedShareMax,
    ...(p99Ms !== undefined && { p99Ms }),
    ...(averageMs !== undefined && { averageMs }),
  };
}
