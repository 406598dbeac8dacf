import type { ErrorDetails } from "../shared/errors.ts";

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

/** Metrics for operators. Names are Prometheus names without the prefix `onsale_`. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Durations in seconds. */
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

/** The state of a server, from a check that runs in the background. */
export interface DependencyHealth {
  readonly dependency: "mysql" | "redis" | "kafka";
  readonly up: boolean;
  /** The last failure, without secrets; undefined while the server answers. */
  readonly reason?: string | undefined;
}
