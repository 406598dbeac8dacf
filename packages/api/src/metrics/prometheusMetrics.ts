import {
  type Logger,
  METRICS,
  type MetricFacts,
  type MetricName,
  type Metrics,
} from "@onsale/core";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/**
 * The prefix of all metrics, which separates them from the metrics of Node and of other programs.
 */
export const METRIC_PREFIX = "onsale_";

/** The options of prom-client for a metric. */
export function prometheusOptions(
  registry: Registry,
  name: string,
  { meaning, labels }: MetricFacts,
) {
  return {
    name: METRIC_PREFIX + name,
    help: meaning,
    labelNames: [...labels],
    registers: [registry],
  };
}

/**
 * Writes core's metrics to a Prometheus registry. A metric appears with its first use. A use with
 * labels that the metric does not have is a bug: the first such use is logged, and the caller does
 * not fail.
 */
export function prometheusMetrics(registry: Registry, log: Logger): Metrics {
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  const complained = new Set<string>();

  const options = (name: MetricName) => prometheusOptions(registry, name, METRICS[name]);

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
    count(name, labels, by = 1) {
      guarded(name, () => {
        const counter = counters.get(name) ?? new Counter(options(name));
        counters.set(name, counter);
        counter.inc({ ...labels }, by);
      });
    },
    gauge(name, labels, value) {
      guarded(name, () => {
        const gauge = gauges.get(name) ?? new Gauge(options(name));
        gauges.set(name, gauge);
        gauge.set({ ...labels }, value);
      });
    },
    observe(name, labels, seconds) {
      guarded(name, () => {
        const histogram = histograms.get(name) ?? new Histogram(options(name));
        histograms.set(name, histogram);
        histogram.observe({ ...labels }, seconds);
      });
    },
  };
}
