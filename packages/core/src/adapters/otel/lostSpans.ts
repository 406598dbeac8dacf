import { createNoopMeter, type Meter, type MeterProvider } from "@opentelemetry/api";

/** The library's counter of the spans that a processor has finished or dropped. */
const PROCESSED = "otel.sdk.processor.span.processed";
const REASON = "error.type";
const QUEUE_FULL = "queue_full";

/**
 * The library reports spans that it drops from its full queue only to a meter of OpenTelemetry.
 * This meter forwards their number and records nothing else.
 */
export function droppedSpanMeter(onDropped: (spanCount: number) => void): MeterProvider {
  const noop = createNoopMeter();
  const createCounter: Meter["createCounter"] = (name, options) => {
    if (name !== PROCESSED) return noop.createCounter(name, options);
    return {
      add(spanCount, attributes) {
        if (attributes?.[REASON] === QUEUE_FULL) onDropped(spanCount);
      },
    };
  };
  const meter = new Proxy(noop, {
    get: (target, key) => (key === "createCounter" ? createCounter : Reflect.get(target, key)),
  });
  return { getMeter: () => meter };
}
