import type { ErrorDetails } from "../shared/errors.ts";

/** Fields of a log line; never a token or a secret. */
export type LogFields = ErrorDetails & {
  /** Stable name of what happened, for searches and alerts: "relay.bucket_lost". */
  readonly event: string;
};

/** Structured log. The texts are for people and may change; the event names do not. */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

/** Metrics for operators. Names are Prometheus names without the prefix `onsale_`. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Durations in seconds. */
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

/** Whether a server answers, by a check that runs all the time. */
export interface DependencyHealth {
  readonly dependency: "mysql" | "redis" | "kafka";
  readonly up: boolean;
  /** The last failure, without secrets; undefined while up. */
  readonly reason?: string | undefined;
}
