import type { EndpointAnswer } from "./runEndpoint.ts";
import type { RequestContext } from "./state.ts";

/** Writes an endpoint's answer to Koa's response. */
export function writeAnswer(ctx: RequestContext, { status, headers, body }: EndpointAnswer): void {
  ctx.status = status;
  ctx.set({ ...headers });
  if (body !== undefined) ctx.body = body;
}
