import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** Longest time for one batch, with its repetitions and the whole answer. */
export const EXPORT_MS_MAX = 3_000;

/** The text can contain the endpoint's answer, so it is bounded. */
const REASON_LENGTH_MAX = 200;

/** The receivers of the results of batches. */
export interface ExportWatch {
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Logger;
  /** Called with the number of spans of each batch that fails. */
  readonly onLost: (spanCount: number) => void;
  /** Called when the time for a batch is over. */
  readonly onOverdue: () => void;
}

/**
 * Gives up each batch after EXPORT_MS_MAX. The library bounds only the pauses within an answer, not
 * the time to connect and not the whole answer, and accepts no batch while 30 are under way. Logs
 * the first batch that fails, and the first one that arrives after that.
 *
 * Every batch counts as sent for the library's processor: when one fails, the processor forgets
 * that the next one is under way, and sends more and more of them at a time.
 */
export function exporterWithLog(
  exporter: SpanExporter,
  { clock, log, onLost, onOverdue }: ExportWatch,
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
      const ended = new AbortController();
      const settle = (result: ExportResult): void => {
        if (ended.signal.aborted) return;
        ended.abort();
        note(result, spans.length);
        done({ code: ExportResultCode.SUCCESS });
      };
      void clock.sleep(EXPORT_MS_MAX, ended.signal).then(() => {
        if (ended.signal.aborted) return;
        settle({ code: ExportResultCode.FAILED, error: new Error(OVERDUE) });
        onOverdue();
      });
      exporter.export(spans, settle);
    },
    shutdown: () => exporter.shutdown(),
  };
}

const OVERDUE = `No whole answer within ${EXPORT_MS_MAX} ms`;

const EXPORT_RECOVERED = "The endpoint of traces takes spans again";

const EXPORT_FAILED =
  "Spans could not be sent to the endpoint of traces and are lost; requests are not affected. " +
  "Further failures are not logged until a batch arrives";
