import type { QueueTicket } from "@onsale/core";
import type { EndpointAnswer } from "./http/endpointAnswer.ts";
import type { ReadJsonBody } from "./http/jsonBody.ts";
import { queryOf } from "./http/queryOf.ts";
import { type RouteTable, routeMissing } from "./http/routeTable.ts";
import { type Runtime, runEndpoint } from "./http/runEndpoint.ts";
import type { Middleware, RequestContext } from "./http/state.ts";
import { commonHeaders, writeAnswer } from "./http/writeAnswer.ts";
import { closeWhenWritten } from "./middlewares/openRequests.ts";
import type { PlaceEvents } from "./placeEvents/placeEvents.ts";

/** Serves every endpoint of the table over HTTP. */
export function apiRouter(
  table: RouteTable,
  readBody: ReadJsonBody,
  runtime: Runtime,
  streams: PlaceEvents,
): Middleware {
  return async (ctx, next) => {
    const found = table.find(ctx.method, ctx.path);
    if (!found) {
      ctx.matched = [...(ctx.matched ?? []), { methods: table.methodsOf(ctx.path) }];
      return await next();
    }
    const { state } = ctx;
    state.route = found.route;
    runtime.boundOf(found.endpoint).requireFree();
    if (found.endpoint.streams) streams.requireFree();
    const closers: (() => void)[] = [];
    try {
      const answer = await runEndpoint(runtime, found, {
        query: queryOf(ctx.querystring),
        header: (name) => headerOf(ctx, name),
        readBody: () => readBody(ctx),
        onCaller(userId) {
          state.userId = userId;
        },
        closeWhenWritten: (close) => closers.push(close),
      });
      if (state.overdue) return;
      if (answer.follow && ctx.method !== "HEAD") stream(ctx, answer, answer.follow, streams);
      else writeAnswer(ctx, answer);
    } finally {
      for (const close of closers) closeWhenWritten(ctx, close);
    }
  };
}

/** Sends the head of an answer and leaves the answer open. Koa must not end it. */
function stream(
  ctx: RequestContext,
  { status, headers }: EndpointAnswer,
  place: QueueTicket,
  streams: PlaceEvents,
): void {
  streams.requireFree();
  ctx.respond = false;
  ctx.status = status;
  ctx.set({ ...commonHeaders(ctx), ...headers });
  streams.open(ctx.res, place, ctx.get("Last-Event-ID"));
}

function headerOf(ctx: RequestContext, name: string): string | undefined {
  const value = ctx.headers[name];
  return typeof value === "string" ? value : value?.join(", ");
}

/** Refuses a request that no route answered: 405 with Allow for a known path, else 404. */
export const methodsAndPaths: Middleware = (ctx) => {
  throw routeMissing((ctx.matched ?? []).flatMap(({ methods }) => methods));
};
