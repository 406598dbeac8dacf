import type { EndpointAnswer } from "./endpointAnswer.ts";
import type { RequestContext } from "./state.ts";
import type { UnreadBodies } from "./unreadBodies.ts";

/** The headers of every answer. */
export function commonHeaders({ state }: RequestContext): Readonly<Record<string, string>> {
  const { requestId, span } = state;
  const headers = { "X-Request-Id": requestId, "X-Content-Type-Options": "nosniff" };
  return span ? { ...headers, traceparent: span.traceparent } : headers;
}

/** Keeps an endpoint's answer, which `sendAnswer` sends after all middlewares. */
export function writeAnswer(ctx: RequestContext, answer: EndpointAnswer): void {
  ctx.state.answer = answer;
  ctx.res.statusCode = answer.status;
}

/**
 * Sends the kept answer, if there is one. The answer is complete, so Node gets it as it is: Koa
 * would look at each header and at the kind of the body once more.
 *
 * When an answer is ready before the whole body of the request has arrived, the answer ends the
 * connection. Otherwise the connection would wait for the rest of a body that no code reads.
 */
export function sendAnswer(ctx: RequestContext, unread: UnreadBodies): void {
  const { req, res } = ctx;
  const { answer } = ctx.state;
  if (answer === undefined) {
    ctx.set({ ...commonHeaders(ctx) });
    if (!req.complete) ctx.set("Connection", "close");
    return;
  }
  if (!ctx.writable) return;
  ctx.respond = false;
  const { status, headers, body } = answer;
  const head = [...Object.entries(commonHeaders(ctx)), ...Object.entries(headers)].flat();
  if (body !== undefined) head.push("Content-Length", String(Buffer.byteLength(body)));
  if (!req.complete) head.push("Connection", "close");
  if (body instanceof Buffer) unread.add(res, body);
  res.writeHead(status, head);
  res.end(body);
}
