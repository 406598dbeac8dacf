import { expect } from "chai";
import { Registry } from "prom-client";
import { prometheusMetrics } from "../../src/metrics/prometheusMetrics.ts";
import { recordingLog } from "../support/recordingLog.ts";

describe("prometheusMetrics", () => {
  it("records counters, gauges and histograms with prefix and labels", async () => {
    const registry = new Registry();
    const metrics = prometheusMetrics(registry, recordingLog());
    metrics.count("holds_total", { outcome: "held" });
    metrics.count("holds_total", { outcome: "held" }, 2);
    metrics.gauge("queue_waiting", { queue: "main" }, 7);
    metrics.observe("outbox_publish_seconds", {}, 0.02);
    const text = await registry.metrics();
    expect(text).to.include('onsale_holds_total{outcome="held"} 3');
    expect(text).to.include('onsale_queue_waiting{queue="main"} 7');
    expect(text).to.include("onsale_outbox_publish_seconds_count 1");
  });

  it("does not throw on wrong label names, and logs them once", () => {
    const log = recordingLog();
    const metrics = prometheusMetrics(new Registry(), log);
    const labels = { outcome: "held", other: "label" };
    metrics.count("holds_total", labels);
    metrics.count("holds_total", labels);
    expect(log.lines.map(({ fields }) => fields.metric)).to.deep.equal(["holds_total"]);
  });
});
