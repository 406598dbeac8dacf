/** One process of the server side, on loopback. */
export interface Target {
  readonly port: number;
}

/** A request before it is written as bytes. */
export interface LoadRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  /** The value of the JSON body; undefined for a request without a body. */
  readonly body?: unknown;
  /** The bearer token. */
  readonly token?: string | undefined;
}

/** Keeps a fixed number of requests open; each answer starts the next request. */
export interface ClosedPlan {
  readonly kind: "closed";
  readonly targets: readonly Target[];
  /** The requests as bytes. When there are fewer than `total`, they are sent again in order. */
  readonly requests: readonly string[];
  readonly total: number;
  readonly inFlight: number;
}

/** Sends request k at k / `perSecond`, independent of the answers. */
export interface PacedPlan {
  readonly kind: "paced";
  readonly targets: readonly Target[];
  readonly requests: readonly string[];
  readonly total: number;
  readonly perSecond: number;
}

/** Waiting buyers that poll their place. Each buyer polls again after the pause of its answer. */
export interface PollPlan {
  readonly kind: "polls";
  readonly targets: readonly Target[];
  readonly clients: readonly {
    readonly request: string;
    /** The pause that the latest answer advised, ms. */
    readonly pollAfterMs: number;
  }[];
}

/** The work of a load generator, until all requests are answered or the load is stopped. */
export type LoadPlan = ClosedPlan | PacedPlan | PollPlan;

/** Writes a request as the characters that are sent. All of them are ASCII. */
export function requestText({ method, path, body, token }: LoadRequest): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const bearer = token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
  const entity =
    body === undefined
      ? ""
      : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${bearer}${entity}\r\n${text}`;
}
