import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type ErrorCode, PROBLEMS } from "../problems/problems.ts";

/** A problem for a client whose bytes never became a request. */
export interface BareAnswer {
  readonly code: ErrorCode;
  readonly requestId: string;
  /** Defaults to the remedy of the code. */
  readonly detail?: string;
  /** Additional header lines. */
  readonly headers?: readonly string[];
}

/** Writes a problem in the same form as every other answer; the caller ends the connection. */
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
