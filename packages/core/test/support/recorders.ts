import type { LogFields, Logger, Metrics } from "../../src/ports/observability.ts";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A log whose lines a test can read. */
export function recordingLog(): Logger & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine["level"]) =>
    (fields: LogFields, message: string): void => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface RecordingMetrics extends Metrics {
  /** The sum of a counter over all labels, or over those with the given labels. */
  counted(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Metrics whose counters a test can read. */
export function recordingMetrics(): RecordingMetrics {
  const counts: { name: string; labels: Readonly<Record<string, string>>; by: number }[] = [];
  return {
    count(name, labels = {}, by = 1) {
      counts.push({ name, labels, by });
    },
    gauge() {},
    observe() {},
    counted(name, wanted = {}) {
      return counts
        .filter((count) => count.name === name)
        .filter(({ labels }) => Object.entries(wanted).every(([key, v]) => labels[key] === v))
        .reduce((sum, count) => sum + count.by, 0);
    },
  };
}
