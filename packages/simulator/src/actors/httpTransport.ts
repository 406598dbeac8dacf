import { API_PREFIX } from "@onsale/client/http";
import { Pool } from "undici";
import {
  headersOf,
  readAnswer,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from "./transport.ts";

export interface HttpTransportOptions {
  readonly baseUrls: readonly string[];
  /** Processes for waiting buyers. Without any, requests of the queue go to `baseUrls` too. */
  readonly queueUrls?: readonly string[] | undefined;
  /**
   * Maximum number of open connections to each process. Further requests wait for a connection, and
   * their latency includes this wait.
   */
  readonly connectionsMax: number;
  readonly timeoutMs: number;
}

/** The paths `/queue` and `/queues`, which processes for waiting buyers serve. */
const QUEUE_PATHS = "/queue";

/**
 * A transport over HTTP. Each base URL has its own connections, which stay open between requests.
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { connectionsMax, timeoutMs } = options;
  const poolOf = (url: string): Pool =>
    new Pool(new URL(url).origin, {
      connections: connectionsMax,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs },
    });
  const apiPools = options.baseUrls.map(poolOf);
  const queuePools = options.queueUrls?.map(poolOf) ?? [];
  return {
    send(target, request) {
      const isOfQueue = queuePools.length > 0 && request.path.startsWith(QUEUE_PATHS);
      const pools = isOfQueue ? queuePools : apiPools;
      const pool = pools[Math.abs(target) % pools.length];
      if (pool === undefined) throw new RangeError("There is no base URL to send to");
      return sendTo(pool, request);
    },
    async close() {
      await Promise.all([...apiPools, ...queuePools].map((pool) => pool.destroy()));
    },
  };
}

async function sendTo(pool: Pool, request: TransportRequest): Promise<TransportAnswer> {
  try {
    const response = await pool.request({
      method: request.method,
      path: API_PREFIX + request.path,
      headers: headersOf(request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
    });
    const text = await response.body.text();
    return readAnswer(response.statusCode, text, response.headers["retry-after"]);
  } catch (error) {
    return {
      kind: "failed",
      failure: failureOf(error),
      status: undefined,
      retryAfterMs: undefined,
    };
  }
}

function failureOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return "timeout";
    case "ECONNREFUSED":
      return "connection refused";
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return "connection lost";
    default:
      return code === "" ? "unexpected error" : code;
  }
}
