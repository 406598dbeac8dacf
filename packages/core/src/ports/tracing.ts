/**
 * Facts about a span, by names of OpenTelemetry's semantic conventions where one exists. They must
 * not contain a token, a secret, a body, or anything about a person.
 */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** Few different names, so without ids: "seats.hold". */
  readonly name: string;
  /** The role of this process in the call. */
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  /** A span of this process, or the W3C traceparent of a request or message. Default: none. */
  readonly parent?: Span | string | undefined;
  readonly attributes?: SpanAttributes;
  /** A time of `Clock.monotonicMs`. Default: now. */
  readonly startMs?: number;
}

/** One sampled operation of a trace. */
export interface Span {
  readonly traceId: string;
  /** The identity of the span as a W3C traceparent, for headers and stored messages. */
  readonly traceparent: string;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Points to a span that is no parent of this one. */
  link(other: Span): void;
  /**
   * Records the kind of the error, never its text, which can contain values. A refusal is no fault:
   * only other errors mark the span as failed.
   */
  fail(error: unknown): void;
  /** Marks the span as failed. @param kind of the error: one of few, such as an error code */
  failAs(kind: string): void;
  /** @param endMs a time of `Clock.monotonicMs`; default: now */
  end(endMs?: number): void;
}

/** Records traces. A process has this port only when an endpoint for traces is set. */
export interface Tracing {
  /**
   * False: a request begins a trace of its own, whatever `traceparent` it has, because a caller
   * could choose an id that the sampler takes.
   */
  readonly followsCallers: boolean;
  /** Returns the span in which the running code works; undefined when it is not traced. */
  active(): Span | undefined;
  /** @returns undefined when the sampler leaves the span out */
  start(start: SpanStart): Span | undefined;
  /** Runs the work, and everything that it awaits, with the span as the active one. */
  within<T>(span: Span, work: () => T): T;
  /** Runs the work, and everything that it awaits, without an active span. */
  outside<T>(work: () => T): T;
  /** Sends the spans that wait, within a bounded time. Never throws. */
  close(): Promise<void>;
}
