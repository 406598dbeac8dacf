import type { ErrorDetails } from "../shared/errors.ts";

/** Structured log; the fields never hold a token or a secret. */
export interface Logger {
  debug(fields: ErrorDetails, message: string): void;
  info(fields: ErrorDetails, message: string): void;
  warn(fields: ErrorDetails, message: string): void;
  error(fields: ErrorDetails, message: string): void;
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
