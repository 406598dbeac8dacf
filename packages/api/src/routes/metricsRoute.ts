import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock, OnsaleConfig } from "@onsale/core";
import type { Registry } from "prom-client";
import { clientAddress } from "../http/clientAddress.ts";
import type { Middleware } from "../http/state.ts";
import { MetricsTokenInvalidError } from "../problems/errors.ts";

/*
 * Access to the metrics
 *
 * Problem: the metrics say how many buyers wait and how much is sold, and to write them costs
 * milliseconds. They are for the operator's tools, and PORT is for everybody.
 *
 * The decision, in this order:
 * - METRICS_TOKEN is set: the request needs it, on every port.
 * - The port is METRICS_PORT, or PORT of a worker, which serves no clients: no further rule.
 * - METRICS_PORT is set: PORT has no metrics.
 * - Neither is set: PORT serves them to programs on the same machine, and not through a proxy,
 *   which adds a header or passes on the name of the machine that its client asked.
 *
 * The text is made at most once a second, whatever the number of requests.
 *
 * Not promised: that a proxy on the same machine does either. Set METRICS_PORT beside such a one.
 */

/** How long the text is used again. Prometheus reads every few seconds. */
const TEXT_MS = 1_000;

/** The headers by which a proxy names its client, or itself. */
const PROXY_HEADERS = [
  /^(?:forwarded|via|cdn-loop|x-real-ip|.+-(?:client|connecting)-ip)$/,
  /^x-(?:forwarded|original|envoy)\b/,
];

/** The names of this machine in a Host header, with or without a port. */
const OWN_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i;

export interface MetricsRouteParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly metrics: OnsaleConfig["metrics"];
  /** metrics: a port that serves nothing for clients, METRICS_PORT or the PORT of a worker. */
  readonly surface: "main" | "metrics";
}

/** The route of the metrics. It passes a request on when this port has no metrics for it. */
export function metricsRoute(parts: MetricsRouteParts): Middleware {
  const { registry, clock, surface, metrics } = parts;
  const isOwnPort = surface === "metrics";
  const isHere = (request: IncomingMessage): boolean => {
    if (isOwnPort) return true;
    if (metrics.port !== undefined) return false;
    return metrics.token !== undefined || isFromThisMachine(request);
  };
  const requireToken = tokenCheck(metrics.token);
  const text = textOfSecond(registry, clock);
  return async (ctx, next) => {
    if (!isHere(ctx.req)) return next();
    requireToken(ctx.get("Authorization"));
    ctx.set("Cache-Control", "no-store");
    const body = await text();
    ctx.set("Content-Type", registry.contentType);
    ctx.body = body;
  };
}

function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  const { address } = clientAddress(socket.remoteAddress);
  const isLoopback = address === "::1" || address.startsWith("127.");
  const isForThisMachine = headers.host === undefined || OWN_HOST.test(headers.host);
  const isForwarded = Object.keys(headers).some((name) =>
    PROXY_HEADERS.some((pattern) => pattern.test(name)),
  );
  return isLoopback && isForThisMachine && !isForwarded;
}

/** @returns a function that throws MetricsTokenInvalidError unless the header has the token */
function tokenCheck(token: string | undefined): (authorization: string) => void {
  if (token === undefined) return () => {};
  const expected = digestOf(`Bearer ${token}`);
  return (authorization) => {
    // Digests have one length, and the comparison takes the same time for every text.
    const given = digestOf(authorization.replace(/^bearer +/i, "Bearer "));
    if (!timingSafeEqual(given, expected)) throw new MetricsTokenInvalidError();
  };
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Returns a function that makes the text again when it is older than `TEXT_MS`. */
function textOfSecond(registry: Registry, clock: Clock): () => Promise<string> {
  let made: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (made === undefined || nowMs - made.atMs >= TEXT_MS) {
      made = { text: registry.metrics(), atMs: nowMs };
    }
    return made.text;
  };
}
