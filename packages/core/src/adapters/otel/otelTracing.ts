import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Span as ApiSpan,
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { parseKeyPairsIntoRecord, parseTraceParent } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { TracingConfig } from "../../config/readConfig.ts";
import type { Logger, Metrics } from "../../ports/observability.ts";
import type { Span, SpanStart, Tracing } from "../../ports/tracing.ts";
import type { Clock } from "../../shared/clock.ts";
import { CoreError } from "../../shared/errors.ts";
import { exportConnections } from "./exportConnections.ts";
import { EXPORT_MS_MAX, exporterWithLog } from "./exporterWithLog.ts";
import { droppedSpanMeter } from "./lostSpans.ts";

/*
 * Traces by OpenTelemetry
 *
 * Only this folder imports the OpenTelemetry libraries, and only a process with an endpoint for
 * traces loads this folder. The product's own seams (HTTP, transactions, Redis, the broker, the
 * webhook) make the spans. Libraries are not patched, and nothing global is registered: several
 * servers in one process have traces of their own.
 *
 * A span that has ended waits in a queue of bounded length. A timer sends the queue in batches, one
 * at a time. No request waits for it:
 *
 * - The endpoint is down, or its answer has no end: each batch is tried for EXPORT_MS_MAX. Then its
 *   connection ends, and its spans are lost. The log has one line when the first batch fails, and
 *   one when a batch arrives again.
 * - Spans come faster than the endpoint takes them: the queue is full, and further spans are lost.
 * - The process ends: `close` sends the queue, and gives up after FLUSH_MS_MAX. It then ends the
 *   connections too, which would keep the process alive.
 *
 * `trace_spans_lost_total` counts the spans of the first two cases. The last case has a line in the
 * log, because nothing reads the metrics of a process that ends.
 *
 * Not promised: complete traces. Metrics and the log do not depend on traces.
 */

/** Longest pause until spans that have ended are sent. */
const EXPORT_PAUSE_MS = 1_000;
/** Most spans of a batch. A batch is converted to JSON at once, which takes a few milliseconds. */
const BATCH_MAX = 256;
/** Shorter than the time that a process has to close its connections. */
const FLUSH_MS_MAX = 2_000;

const KINDS: Readonly<Record<SpanStart["kind"], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** Describes the process in every trace. */
export interface TracedProcess {
  readonly serviceName: string;
  /** Host and process id. */
  readonly processName: string;
}

/** The ports that traces need themselves. */
export interface TracingPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Starts to send traces to the endpoint of the settings. */
export function otelTracing(
  settings: TracingConfig & { readonly url: string },
  described: TracedProcess,
  { clock, log, metrics }: TracingPorts,
): Tracing {
  let lostCount = 0;
  const noteLost = (reason: "queue_full" | "export_failed") => (spanCount: number) => {
    lostCount += spanCount;
    metrics.count("trace_spans_lost_total", { reason }, spanCount);
  };
  const connections = exportConnections();
  const exporter = new OTLPTraceExporter({
    httpAgentOptions: connections.agentFor,
    url: settings.url,
    headers: parseKeyPairsIntoRecord(settings.headers),
    timeoutMillis: EXPORT_MS_MAX,
  });
  const processor = new BatchSpanProcessor({
    exporter: exporterWithLog(exporter, {
      ...{ clock, log, onLost: noteLost("export_failed"), onOverdue: connections.endBusy },
    }),
    selfObsMeterProvider: droppedSpanMeter(noteLost("queue_full")),
    maxQueueSize: settings.queueMax,
    maxExportBatchSize: Math.min(BATCH_MAX, settings.queueMax),
    exportTimeoutMillis: 2 * EXPORT_MS_MAX,
    scheduledDelayMillis: EXPORT_PAUSE_MS,
  });
  const provider = new TracerProvider({
    resource: resourceOf(settings, described),
    sampler: samplerOf(settings),
    spanProcessors: [processor],
  });
  const followsCallers = settings.sampler !== "traceidratio";
  return tracingOn(provider.getTracer("onsale"), followsCallers, async () => {
    const flushed = new AbortController();
    const noted = (reason: unknown): void => {
      if (flushed.signal.aborted) return;
      log.warn({ event: "tracing.close_failed", reason: String(reason) }, CLOSE_FAILED);
    };
    const lostBefore = lostCount;
    const sending = provider.shutdown().then(() => {
      const lost = lostCount - lostBefore;
      if (lost > 0) noted(`spans that were not taken: ${lost}`);
    }, noted);
    const late = clock
      .sleep(FLUSH_MS_MAX, flushed.signal)
      .then(() => noted(`not sent within ${FLUSH_MS_MAX} ms`));
    await Promise.race([sending, late]);
    // Ends the timer, which would keep a program that embeds a server alive.
    flushed.abort();
    connections.close();
  });
}

const CLOSE_FAILED = "The last spans of this process could not be sent";

/** OTEL_SERVICE_NAME counts before OTEL_RESOURCE_ATTRIBUTES, as OpenTelemetry specifies. */
function resourceOf(settings: TracingConfig, described: TracedProcess): Resource {
  const { serviceName, resourceAttributes } = settings;
  return defaultResource().merge(
    resourceFromAttributes({
      "service.name": described.serviceName,
      "service.instance.id": described.processName,
      ...parseKeyPairsIntoRecord(resourceAttributes),
      ...(serviceName !== undefined && { "service.name": serviceName }),
    }),
  );
}

function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  switch (sampler) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}

function tracingOn(tracer: Tracer, followsCallers: boolean, close: () => Promise<void>): Tracing {
  const current = new AsyncLocalStorage<OtelSpan | undefined>();
  let closing: Promise<void> | undefined;
  return {
    followsCallers,
    active: () => current.getStore(),
    start({ name, kind, parent, attributes = {}, startMs }) {
      const options = { kind: KINDS[kind], attributes };
      const started = startMs === undefined ? options : { ...options, startTime: startMs };
      const span = tracer.startSpan(name, started, contextOf(parent));
      return span.isRecording() ? new OtelSpan(span) : undefined;
    },
    within(span, work) {
      return span instanceof OtelSpan ? current.run(span, work) : work();
    },
    outside: (work) => current.run(undefined, work),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** A traceparent that cannot be read counts as none, as W3C Trace Context wants it. */
function contextOf(parent: SpanStart["parent"]): Context {
  if (parent instanceof OtelSpan) return trace.setSpan(ROOT_CONTEXT, parent.span);
  const text = typeof parent === "string" ? parent : parent?.traceparent;
  const remote = text === undefined ? null : parseTraceParent(text);
  if (remote === null) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
}

class OtelSpan implements Span {
  readonly span: ApiSpan;
  readonly traceId: string;
  readonly traceparent: string;

  constructor(span: ApiSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.span = span;
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags & TraceFlags.SAMPLED ? "01" : "00"}`;
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: SpanStart["attributes"] = {}): void {
    this.span.setAttributes(attributes);
  }

  link(other: Span): void {
    if (other instanceof OtelSpan) this.span.addLink({ context: other.span.spanContext() });
  }

  fail(error: unknown): void {
    const isRefusal = error instanceof CoreError && !error.retryable;
    if (isRefusal) this.span.setAttribute("error.type", error.code);
    else this.failAs(kindOf(error));
  }

  failAs(kind: string): void {
    this.span.setAttribute("error.type", kind);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(endMs?: number): void {
    if (this.span.isRecording()) this.span.end(endMs);
  }
}

function kindOf(error: unknown): string {
  if (error instanceof CoreError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
