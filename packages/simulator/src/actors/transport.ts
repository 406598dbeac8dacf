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

/** The prefix of all paths of the API. */
export const API_PREFIX = "/api/v1";

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
