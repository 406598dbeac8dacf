import type { ErrorDetails } from "../shared/errors.ts";
import type { CounterName, GaugeName, HistogramName, LabelsOf } from "../shared/metricCatalog.ts";

/** Fields of a log line. They must not contain a token or a secret. */
export type LogFields = ErrorDetails & {
  /** Stable name of what happened, for searches and alerts: "relay.bucket_lost". */
  readonly event: string;
};

/** The structured log. Operators may search for event names; the texts may change at any time. */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

/** Metrics for operators. `METRICS` defines their names and labels. */
export interface Metrics {
  /** Increases a counter. @param by default: 1 */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  gauge<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Records a duration, in seconds. */
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void;
}

/** The state of a server, from a check that runs in the background. */
export interface DependencyHealth {
  readonly dependency: "mysql" | "redis" | "kafka";
  readonly up: boolean;
  /** The last failure, without secrets; undefined while the server answers. */
  readonly reason?: string | undefined;
  /** True while the server answers and accepts no writes, such as a replica. */
  readonly isReadOnly?: boolean | undefined;
}
