import { Pool } from "undici";

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Bearer token. */
  readonly token?: string | undefined;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly idempotencyKey?: string | undefined;
}

/**
 * The result of a request. A refusal is an answer of the API. A failure means that the API gave no
 * usable answer.
 */
export type TransportAnswer =
  | {
      readonly kind: "accepted";
      readonly status: number;
      /** `data` of the body. */
      readonly data: unknown;
    }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs: number | undefined;
    }
  | {
      readonly kind: "failed";
      /**
       * The kind of failure: "HTTP 503", "timeout", "connection refused", "connection lost", "not
       * JSON".
       */
      readonly failure: string;
      readonly status: number | undefined;
      readonly retryAfterMs: number | undefined;
    };

/** How simulated clients reach the processes of one API. */
export interface Transport {
  /**
   * Sends a request to one process. The promise never rejects: a failure of the network or the
   * server is an answer too.
   * @param target any integer; the process is this number modulo the number of processes
   */
  send(target: number, request: TransportRequest): Promise<TransportAnswer>;
  close(): Promise<void>;
}

export interface HttpTransportOptions {
  readonly baseUrls: readonly string[];
  /**
   * Maximum number of open connections to each process. Further requests wait for a connection, and
   * their latency includes this wait.
   */
  readonly connectionsMax: number;
  readonly timeoutMs: number;
}

/** The prefix of all paths of the API. */
export const API_PREFIX = "/api/v1";

/**
 * A transport over HTTP. Each base URL has its own connections, which stay open between requests.
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { connectionsMax, timeoutMs } = options;
  const pools = options.baseUrls.map(
    (url) =>
      new Pool(new URL(url).origin, {
        connections: connectionsMax,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        connect: { timeout: timeoutMs },
      }),
  );
  return {
    send(target, request) {
      const pool = pools[Math.abs(target) % pools.length];
      if (pool === undefined) throw new RangeError("There is no base URL to send to");
      return sendTo(pool, request);
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
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

/** The headers of a request, by their names in lower case. */
export function headersOf(request: TransportRequest): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (request.token !== undefined) headers.authorization = `Bearer ${request.token}`;
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (request.idempotencyKey !== undefined) headers["idempotency-key"] = request.idempotencyKey;
  return headers;
}

/** Maps an HTTP answer to a transport answer. @param retryAfter the value of the header */
export function readAnswer(
  status: number,
  text: string,
  retryAfter: string | string[] | undefined,
): TransportAnswer {
  const retryMs = retryAfterMs(retryAfter);
  if (status >= 500) {
    return { kind: "failed", failure: `HTTP ${status}`, status, retryAfterMs: retryMs };
  }
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    return { kind: "failed", failure: "not JSON", status, retryAfterMs: retryMs };
  }
  if (status >= 400) return { kind: "refused", status, body, retryAfterMs: retryMs };
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  return { kind: "accepted", status, data };
}

/**
 * Reads a Retry-After header in seconds. The API never sends the other form, a date (RFC 9110,
 * 10.2.3).
 */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string" || !/^\d+$/.test(header)) return undefined;
  return Number(header) * 1000;
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
