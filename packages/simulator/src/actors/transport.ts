import { readAnswer as readApiAnswer, requestHeaders } from "@onsale/client/http";

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

/** The headers of a request, by their names in lower case. */
export function headersOf({ token, body, idempotencyKey }: TransportRequest) {
  return requestHeaders({ token, hasBody: body !== undefined, idempotencyKey });
}

/** Maps an HTTP answer to a transport answer. @param retryAfter the value of the header */
export function readAnswer(
  status: number,
  text: string,
  retryAfter: string | string[] | undefined,
): TransportAnswer {
  const header = typeof retryAfter === "string" ? retryAfter : undefined;
  const answer = readApiAnswer(status, text, header);
  if (answer.kind === "accepted") return answer;
  const { retryAfterMs } = answer;
  if (status >= 500) return { kind: "failed", failure: `HTTP ${status}`, status, retryAfterMs };
  if (answer.kind === "refused") return answer;
  return { kind: "failed", failure: "not JSON", status, retryAfterMs };
}
