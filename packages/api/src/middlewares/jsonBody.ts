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

/**
 * Maximum size of a body. The largest useful one, a reservation of 20 seats, has about 400 bytes.
 */
export const BODY_BYTES_MAX = 64 * 1024;

/**
 * Maximum depth of a body. Useful bodies have at most two levels, and code that walks a deep body
 * could overflow the stack.
 */
export const JSON_DEPTH_MAX = 16;

/**
 * Reads a JSON body of limited size and depth into `state.body`. Without a body, `state.body` stays
 * undefined.
 *
 * When a body never arrives, the parser's promise stays pending until the connection ends. No other
 * code waits for this promise.
 * @param timeoutMs time limit for the body. After it, the request fails with BodyTimeoutError
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
    // Compressed bodies are refused: bodies are so small that compression would only cost the
    // server work.
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
    // Checked here because the parser replaces invalid bytes by U+FFFD, and the changed text would
    // be stored.
    if (!isUtf8(bytes())) throw new InvalidJsonError("The body is not UTF-8; encode it as UTF-8");
    const parsed: unknown = ctx.request.body;
    requireStorable(parsed);
    ctx.state.body = parsed;
    return await next();
  };
}

/**
 * Collects the bytes that the parser reads, up to the parser's limit, because the parser returns
 * only text.
 */
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

/**
 * Refuses a body that is nested too deeply, and texts that hold half of a surrogate pair: an escape
 * such as `"\ud83d"` is valid JSON, but no database can store the text as UTF-8.
 *
 * Checks level by level, without recursion, so that a deep body cannot overflow the stack.
 */
function requireStorable(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > JSON_DEPTH_MAX) {
      throw new InvalidJsonError(
        `The body is nested deeper than ${JSON_DEPTH_MAX} levels; flatten it`,
      );
    }
    if (level.some(isIllFormed)) {
      throw new InvalidJsonError(
        "The body has half of a surrogate pair; send whole characters, such as \\ud83d\\ude00",
      );
    }
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null
        ? Array.isArray(value)
          ? value
          : [...Object.keys(value), ...Object.values(value)]
        : [],
    );
  }
}

const isIllFormed = (value: unknown) => typeof value === "string" && !value.isWellFormed();
