import type { Logger, Metrics } from "@onsale/core";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;

/**
 * The prefix of all metrics, which separates them from the metrics of Node and of other programs.
 */
const PREFIX = "onsale_";

/**
 * Writes core's metrics to a Prometheus registry. The first use of a metric defines its label
 * names. A use with other labels is a bug: the first such use of a metric is logged, and the caller
 * does not fail.
 */
export function prometheusMetrics(registry: Registry, log: Logger): Metrics {
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const complained = new Set<string>();

  function options(name: string, labels: Labels) {
    return {
      name: `${PREFIX}${name}`,
      help: name.replaceAll("_", " "),
      labelNames: Object.keys(labels),
      registers: [registry],
    };
  }

  function guarded(name: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      if (complained.has(name)) return;
      complained.add(name);
      const fields = { event: "metrics.not_recorded", metric: name, reason: String(error) };
      log.warn(fields, "A metric could not be recorded; report it as a bug");
    }
  }

  return {
    count(name, labels = {}, by = 1) {
      guarded(name, () => {
        const counter = counters.get(name) ?? new Counter(options(name, labels));
        counters.set(name, counter);
        counter.inc({ ...labels }, by);
      });
    },
    gauge(name, value, labels = {}) {
      guarded(name, () => {
        const gauge = gauges.get(name) ?? new Gauge(options(name, labels));
        gauges.set(name, gauge);
        gauge.set({ ...labels }, value);
      });
    },
    observe(name, seconds, labels = {}) {
      guarded(name, () => {
        const histogram = histograms.get(name) ?? new Histogram(options(name, labels));
        histograms.set(name, histogram);
        histogram.observe({ ...labels }, seconds);
      });
    },
  };
}
