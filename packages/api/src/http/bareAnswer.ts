import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type ErrorCode, PROBLEMS } from "../problems/problems.ts";

/** A problem answer to bytes that are not an HTTP request. */
export interface BareAnswer {
  readonly code: ErrorCode;
  readonly requestId: string;
  /** Default: the remedy in the table of error codes. */
  readonly detail?: string;
  /** Additional header lines. */
  readonly headers?: readonly string[];
}

/**
 * Writes a problem answer in the form of all other error answers. The caller ends the connection.
 */
export function bareAnswer(socket: Duplex, answer: BareAnswer): void {
  const { code, requestId, headers = [] } = answer;
  const { status, title, remedy } = PROBLEMS[code];
  const detail = answer.detail ?? remedy;
  const body = JSON.stringify({ type: `/docs#${code}`, title, status, detail, code, requestId });
  socket.write(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      ...headers,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
