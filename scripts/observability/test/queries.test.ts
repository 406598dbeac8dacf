import { access, readFile } from "node:fs/promises";
import { METRICS, type MetricFacts, RUNBOOKS } from "@onsale/core";
import { expect } from "chai";
import { load } from "js-yaml";
import { z } from "zod";
import { HTTP_METRICS } from "../../../packages/api/src/metrics/httpMetrics.ts";
import { DASHBOARD_ROWS } from "../dashboardPanels.ts";
import { readQuery } from "../promql.ts";
import { DASHBOARD_FILE, dashboardJson } from "../writeDashboard.ts";

const RULES = new URL("../../../deploy/prometheus/rules.yml", import.meta.url);
const severity = z.enum(["critical", "warning"]);
const alertSchema = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.union([
    z.strictObject({ severity, runbook: z.string() }),
    z.strictObject({ severity, page: z.string() }),
  ]),
  annotations: z.object({ summary: z.string(), description: z.string() }),
});
const recordSchema = z.object({ record: z.string(), expr: z.string() });
const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.union([alertSchema, recordSchema])) })),
});

/** Labels that Prometheus adds to every metric, and those of the buckets of a histogram. */
const COMMON_LABELS = ["instance", "job"];
/** Metrics of Node and of the process; a test of the API finds them in a real answer. */
const OF_NODE = /^(process|nodejs)_/;

const catalog: Readonly<Record<string, MetricFacts>> = { ...METRICS, ...HTTP_METRICS };

/** Finds the product's metric of a series: a histogram has three series. */
function factsOf(series: string): MetricFacts | undefined {
  const name = series.replace(/^onsale_/, "");
  const facts = catalog[name];
  if (facts && facts.kind !== "histogram") return facts;
  const [, base = "", ending] = /^(.*)_(bucket|count|sum)$/.exec(name) ?? [];
  const histogram = catalog[base];
  if (histogram?.kind !== "histogram") return undefined;
  return ending === "bucket" ? { ...histogram, labels: [...histogram.labels, "le"] } : histogram;
}

/**
 * The mistakes of a query: unknown metrics and labels, and rates of values that can fall.
 * @param recorded names of recording rules, whose own queries are checked too
 */
function mistakesOf(query: string, recorded: readonly string[] = []): string[] {
  const { metrics, grouped } = readQuery(query.replaceAll("$__rate_interval", "1m"));
  const known = metrics.filter(({ metric }) => !OF_NODE.test(metric) && !recorded.includes(metric));
  const labels = new Set(COMMON_LABELS);
  const mistakes = known.flatMap(({ metric, matched }) => {
    const facts = factsOf(metric);
    if (!facts) return [`there is no metric ${metric}`];
    for (const label of facts.labels) labels.add(label);
    const unknown = matched.filter((label) => !facts.labels.includes(label));
    const isRate = query.includes(`rate(${metric}`) || query.includes(`increase(${metric}`);
    return [
      ...unknown.map((label) => `${metric} has no label ${label}`),
      ...(isRate && facts.kind === "gauge" ? [`${metric} is a gauge and has no rate`] : []),
    ];
  });
  const strange = grouped.filter((label) => !labels.has(label));
  return [...mistakes, ...strange.map((label) => `no metric of the query has a label ${label}`)];
}

async function rules() {
  const { groups } = rulesSchema.parse(load(await readFile(RULES, "utf8")));
  return groups.flatMap((group) => group.rules);
}

async function alerts() {
  return (await rules()).flatMap((rule) => ("alert" in rule ? [rule] : []));
}

describe("the alerts of deploy/prometheus", () => {
  it("use metrics and labels that exist", async () => {
    const all = await rules();
    const recorded = all.flatMap((rule) => ("record" in rule ? [rule.record] : []));
    for (const { expr } of all) expect(mistakesOf(expr, recorded), expr).to.deep.equal([]);
  });

  it("name a page that exists, where they name no runbook", async () => {
    const pages = (await alerts()).flatMap(({ labels }) => ("page" in labels ? labels.page : []));
    expect(pages).to.include("docs/operate/SALES.md");
    for (const page of pages) await access(new URL(`../../../${page}`, import.meta.url));
  });

  it("name a runbook that exists, and every runbook of a finding has an alert", async () => {
    const named = new Set(
      (await alerts()).flatMap(({ labels }) => ("runbook" in labels ? labels.runbook : [])),
    );
    const known = new Map(RUNBOOKS.map((runbook) => [runbook.name, runbook]));
    for (const name of named) expect(known.has(name), name).to.equal(true);
    const planned = ["sale-pause-resume", "graceful-deploy"];
    // Only the server itself knows that it is read-only; the API answers 503 then.
    const withoutMetric = ["mysql-failover"];
    const expected = [...known.keys()].filter(
      (name) => !planned.includes(name) && !withoutMetric.includes(name),
    );
    expect([...named].sort()).to.deep.equal(expected.sort());
  });
});

describe("the dashboard of deploy/grafana", () => {
  it("is committed as generated", async () => {
    const committed = await readFile(DASHBOARD_FILE, "utf8");
    expect(committed === dashboardJson(), "run `pnpm docs:dashboard`").to.equal(true);
  });

  it("uses metrics and labels that exist", () => {
    for (const { title, queries } of DASHBOARD_ROWS.flatMap(({ panels }) => panels)) {
      for (const [query] of queries) expect(mistakesOf(query), title).to.deep.equal([]);
    }
  });

  it("shows every metric of the product except details of single jobs", () => {
    const shown = new Set(
      DASHBOARD_ROWS.flatMap(({ panels }) => panels)
        .flatMap(({ queries }) => queries.flatMap(([query]) => readQuery(plain(query)).metrics))
        .map(({ metric }) => metric.replace(/^onsale_/, "").replace(/_(bucket|count|sum)$/, "")),
    );
    const hidden = Object.keys(catalog).filter((name) => !shown.has(name));
    expect(hidden.sort()).to.deep.equal([
      ...["checked_timestamp_seconds", "cleaned_up_rows_total", "dead_letters_total"],
      ...["notification_batch_seconds"],
      ...["outbox_publish_seconds", "queue_admitted_by_token_total", "queue_places_restored_total"],
      ...["queue_places_returned_total", "queue_promotions_dropped_total", "scheduled_job_seconds"],
    ]);
  });
});

describe("the check of queries", () => {
  it("finds unknown metrics and labels, and the rate of a gauge", () => {
    expect(mistakesOf("onsale_no_such_thing > 0")).to.have.length(1);
    expect(mistakesOf('rate(onsale_holds_total{result="held"}[1m])')).to.have.length(1);
    expect(mistakesOf("sum by (seat) (onsale_queue_waiting)")).to.have.length(1);
    expect(mistakesOf("rate(onsale_queue_waiting[1m])")).to.have.length(1);
    expect(() => mistakesOf("sum(rate(onsale_holds_total[1m])")).to.throw("no PromQL");
  });
});

function plain(query: string): string {
  return query.replaceAll("$__rate_interval", "1m");
}
