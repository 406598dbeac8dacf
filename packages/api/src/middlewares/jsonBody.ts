import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import type { Clock } from "@onsale/core";
import type { Middleware, RequestContext } from "../http/state.ts";
import {
  BodyTimeoutError,
  BodyTooLargeError,
  InvalidJsonError,
  MalformedHttpError,
  UnsupportedMediaTypeError,
} from "../problems/errors.ts";
import { deadlines } from "./deadline.ts";

/** The largest useful body, a reservation of 20 seats, has some 400 bytes. */
export const BODY_BYTES_MAX = 64 * 1024;

/** The deepest useful body has two levels; code that walks a body must not overflow the stack. */
export const JSON_DEPTH_MAX = 16;

/**
 * Reads a JSON body into `state.body`, within bounds; no body leaves it undefined.
 *
 * The parser's promise stays pending when a body never arrives. Nothing but the parser waits for it
 * then, and the connection's end releases it.
 * @param timeoutMs for the body alone; afterwards the request fails with BodyTimeoutError
 */
export function jsonBody(clock: Clock, timeoutMs: number): Middleware {
  const within = deadlines(clock, timeoutMs, (ms) => new BodyTimeoutError(ms));
  const parse = bodyParser({
    enableTypes: ["json"],
    parsedMethods: ["POST", "PUT", "PATCH", "DELETE"],
    jsonLimit: BODY_BYTES_MAX,
    onError(error) {
      throw asOurs(error);
    },
  });
  return async (ctx, next) => {
    if (!hasBody(ctx)) return await next();
    const charset = ctx.request.charset.toLowerCase();
    if (!ctx.is("application/json") || (charset !== "" && charset !== "utf-8")) {
      throw new UnsupportedMediaTypeError();
    }
    if ((ctx.request.length ?? 0) > BODY_BYTES_MAX) throw new BodyTooLargeError(BODY_BYTES_MAX);
    // Bodies are small, so that compression has no use except to cost the server work.
    if (!["", "identity"].includes(ctx.get("Content-Encoding").toLowerCase())) {
      throw new UnsupportedMediaTypeError();
    }
    const bytes = listenIn(ctx.req);
    await within(
      async () => {
        await parse(ctx, async () => {});
      },
      () => {},
    );
    // The parser replaces invalid bytes by U+FFFD, and the changed text would be stored.
    if (!isUtf8(bytes())) throw new InvalidJsonError("The body is not UTF-8; encode it as UTF-8");
    const parsed: unknown = ctx.request.body;
    requireShallow(parsed);
    ctx.state.body = parsed;
    return await next();
  };
}

/** Collects the bytes that the parser reads, up to its bound; the parser returns text only. */
function listenIn(request: IncomingMessage): () => Buffer {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

function hasBody(ctx: RequestContext): boolean {
  return (ctx.request.length ?? 0) > 0 || ctx.get("Transfer-Encoding") !== "";
}

function asOurs(error: Error): Error {
  if ("type" in error && error.type === "request.aborted") {
    return new MalformedHttpError("The client closed the connection before the whole body arrived");
  }
  const status: unknown = "status" in error ? error.status : undefined;
  if (status === 413) return new BodyTooLargeError(BODY_BYTES_MAX);
  if (status === 415) return new UnsupportedMediaTypeError();
  if (error instanceof SyntaxError || status === 400) {
    return new InvalidJsonError(
      "The body is not a JSON object; send one object",
      {},
      { cause: error },
    );
  }
  return error;
}

/** Walks level by level, so that depth costs no stack. */
function requireShallow(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > JSON_DEPTH_MAX) {
      throw new InvalidJsonError(
        `The body is nested deeper than ${JSON_DEPTH_MAX} levels; flatten it`,
      );
    }
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null
        ? Object.values(value).filter((inner) => typeof inner === "object" && inner !== null)
        : [],
    );
  }
}
