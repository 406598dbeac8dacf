import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type ErrorCode, PROBLEMS } from "../problems.ts";

/**
 * Answers what never became a request in the same form as everything else, and ends the connection.
 * @param headers lines beyond those of every such answer
 */
export function bareAnswer(
  socket: Duplex,
  answer: {
    readonly code: ErrorCode;
    readonly requestId: string;
    /** Defaults to what the code's callers are to do. */
    readonly detail?: string;
    readonly headers?: readonly string[];
  },
): void {
  const { code, requestId, headers = [] } = answer;
  const { status, title, remedy } = PROBLEMS[code];
  const detail = answer.detail ?? remedy;
  const body = JSON.stringify({ type: `/docs#${code}`, title, status, detail, code, requestId });
  socket.end(
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
