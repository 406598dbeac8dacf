import { hostname } from "node:os";
import type { OnsaleConfig, TracingConfig } from "../config/readConfig.ts";
import type { Logger, Metrics } from "../ports/observability.ts";
import type { Tracing } from "../ports/tracing.ts";
import { systemClock } from "../shared/clock.ts";
import type { Role } from "./openedCore.ts";

/**
 * Starts the traces of this process, when the settings name an endpoint for them. Without an
 * endpoint, the function loads no library of OpenTelemetry. The caller closes the traces after the
 * core.
 */
export async function openTracing(
  { tracing }: Pick<OnsaleConfig, "tracing">,
  { log, metrics, role }: { readonly log: Logger; readonly metrics: Metrics; readonly role: Role },
): Promise<Tracing | undefined> {
  const url = urlOf(tracing);
  if (url === undefined || tracing.disabled) return undefined;
  const { otelTracing } = await import("../adapters/otel/otelTracing.ts");
  const { serviceName = `onsale-${role}` } = tracing;
  const described = { serviceName, processName: `${hostname()}:${process.pid}` };
  return otelTracing({ ...tracing, url }, described, { clock: systemClock, log, metrics });
}

/** The path of the general endpoint is that of all signals; OTLP adds the path of the traces. */
function urlOf({ endpoint, tracesEndpoint }: TracingConfig): string | undefined {
  if (tracesEndpoint !== undefined || endpoint === undefined) return tracesEndpoint;
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  return url.href;
}
