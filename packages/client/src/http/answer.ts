/** The prefix of all paths of the API. */
export const API_PREFIX = "/api/v1";

/** The headers that a request of the API can have. */
export interface RequestParts {
  /** The access token or the queue token. */
  readonly token?: string | undefined;
  /** True when the request has a body. */
  readonly hasBody: boolean;
  readonly idempotencyKey?: string | undefined;
}

/** The headers of a request, by their names in lower case. */
export function requestHeaders({ token, hasBody, idempotencyKey }: RequestParts) {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (hasBody) headers["content-type"] = "application/json";
  if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;
  return headers;
}

/** An answer of the API, or of another program in its place. */
export type ApiAnswer<T = unknown> =
  | {
      readonly kind: "accepted";
      readonly status: number;
      /** `data` of the body; undefined for an answer without a body, such as 204 and 304. */
      readonly data: T;
    }
  | {
      readonly kind: "refused";
      readonly status: number;
      /** The parsed body; an empty object for an answer without a body. */
      readonly body: unknown;
      readonly retryAfterMs: number | undefined;
    }
  | {
      /** The body is not JSON. */
      readonly kind: "unreadable";
      readonly status: number;
      readonly retryAfterMs: number | undefined;
    };

const REFUSAL_STATUS_MIN = 400;

/**
 * Reads an answer. `T` is what the API document says about `data`; the client does not check it.
 * @param retryAfter the value of the header
 * @param nowMs the time to which a date in the header is compared
 */
export function readAnswer<T = unknown>(
  status: number,
  text: string,
  retryAfter: string | null | undefined,
  nowMs = 0,
): ApiAnswer<T> {
  const retryAfterMs = readRetryAfter(retryAfter, nowMs);
  let body: { readonly data: T };
  try {
    body = JSON.parse(text === "" ? "{}" : text);
  } catch {
    return { kind: "unreadable", status, retryAfterMs };
  }
  if (status >= REFUSAL_STATUS_MIN) return { kind: "refused", status, body, retryAfterMs };
  return { kind: "accepted", status, data: body?.data };
}

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3). The API sends seconds; a proxy can send a date,
 * which begins with the name of a day: `Date.parse` would take "-5" and "1.5" for dates too.
 * @param nowMs the time to which a date is compared
 * @returns milliseconds
 */
export function readRetryAfter(header: string | null | undefined, nowMs: number) {
  if (header === null || header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const dateMs = /^[A-Z][a-z]+,? /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
