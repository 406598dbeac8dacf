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

/** Numbers for operators; names are Prometheus names without the `onsale_` prefix. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Durations in seconds. */
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

/** Whether a server answers, as seen by a watch that asks it all the time. */
export interface DependencyHealth {
  readonly dependency: "mysql" | "redis" | "kafka";
  readonly up: boolean;
  /** What the last failure said, without secrets; undefined while up. */
  readonly reason?: string | undefined;
}
