import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { IdempotencyKeyInvalidError } from "../errors.ts";
import type { TakeAllowance } from "../middlewares/rateLimit.ts";
import type { Endpoint, Reply } from "./endpoint.ts";
import type { Middleware, RequestContext } from "./state.ts";

/** What endpoints run with. */
export interface Runtime {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly takeOfUser: TakeAllowance;
  /** Called after each write, so that its news need not wait for the next poll. */
  readonly onWritten: () => void;
}

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Checks the request, does the work, and writes the answer. */
export function runEndpoint(endpoint: Endpoint, runtime: Runtime): Middleware {
  return async (ctx) => {
    const call = endpoint.prepare({
      identity: ctx.state.identity,
      params: ctx.params,
      query: ctx.query,
      body: ctx.state.body,
      idempotencyKey: endpoint.idempotent ? idempotencyKeyOf(ctx) : undefined,
    });
    ctx.state.userId = call.userId;
    if (call.userId !== undefined) await runtime.takeOfUser(String(call.userId));
    const reply = await call.run(runtime.core, runtime.config);
    if (endpoint.method !== "get") runtime.onWritten();
    if (!ctx.state.overdue) write(ctx, endpoint, reply);
  };
}

function idempotencyKeyOf(ctx: RequestContext): string | undefined {
  const key = ctx.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || !VISIBLE_ASCII.test(key)) throw new IdempotencyKeyInvalidError();
  return key;
}

function write(ctx: RequestContext, endpoint: Endpoint, reply: Reply<unknown>): void {
  ctx.set("Cache-Control", reply.cacheControl ?? "no-store");
  if (reply.replayed) ctx.set("Idempotency-Replayed", "true");
  ctx.status = endpoint.status;
  if (endpoint.status === 204) return;
  if (endpoint.conditional && reply.etag !== undefined) {
    ctx.set("ETag", `W/"${reply.etag}"`);
    if (clientHas(ctx, reply.etag)) {
      ctx.status = 304;
      return;
    }
  }
  ctx.type = "application/json";
  ctx.body = JSON.stringify({ data: reply.data });
}

/**
 * If-None-Match by the weak comparison (RFC 9110, 13.1.2). Koa's `fresh` also minds the request's
 * Cache-Control, and browsers' fetch adds no-cache to every conditional request.
 */
function clientHas(ctx: RequestContext, etag: string): boolean {
  const given = ctx.get("If-None-Match");
  if (given === "") return false;
  return given === "*" || given.split(",").some((one) => one.trim().endsWith(`"${etag}"`));
}
