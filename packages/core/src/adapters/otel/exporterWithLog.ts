import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "../../ports/observability.ts";

/** The text can contain the endpoint's answer, so it is bounded. */
const REASON_LENGTH_MAX = 200;

/**
 * Logs the first batch that fails, and the first one that arrives after that.
 * @param onLost called with the number of spans of each batch that fails
 */
export function exporterWithLog(
  exporter: SpanExporter,
  log: Logger,
  onLost: (spanCount: number) => void,
): SpanExporter {
  let isFailing = false;

  function note({ code, error }: ExportResult, spanCount: number): void {
    const failed = code !== ExportResultCode.SUCCESS;
    if (failed) onLost(spanCount);
    if (failed === isFailing) return;
    isFailing = failed;
    if (failed) {
      const reason = String(error?.message ?? "unknown").slice(0, REASON_LENGTH_MAX);
      log.warn({ event: "tracing.export_failed", reason, spanCount }, EXPORT_FAILED);
    } else {
      log.info({ event: "tracing.export_recovered" }, EXPORT_RECOVERED);
    }
  }

  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        note(result, spans.length);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

const EXPORT_RECOVERED = "The endpoint of traces takes spans again";

const EXPORT_FAILED =
  "Spans could not be sent to the endpoint of traces and are lost; requests are not affected. " +
  "Further failures are not logged until a batch arrives";
