import type { IncomingMessage } from "node:http";
import { type Clock, fieldCountIn } from "@onsale/core";
import { deadlines } from "../middlewares/deadline.ts";
import {
  BodyTimeoutError,
  BodyTooLargeError,
  InvalidJsonError,
  MalformedHttpError,
  UnsupportedMediaTypeError,
} from "../problems/errors.ts";
import type { RequestContext } from "./state.ts";

/**
 * Reads the JSON body of a request, of limited size and depth.
 * @returns undefined when the request has no body
 * @throws UnsupportedMediaTypeError, BodyTooLargeError, BodyTimeoutError, InvalidJsonError
 * @throws MalformedHttpError when the client leaves before the whole body has arrived
 */
export type ReadJsonBody = (ctx: RequestContext) => Promise<unknown>;

/**
 * Maximum size of a body. The largest useful one, a reservation of 20 seats, has about 400 bytes.
 */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * Maximum depth of a body. Useful bodies have at most two levels, and code that walks a deep body
 * could overflow the stack.
 */
const JSON_DEPTH_MAX = 16;

/** The spellings of most clients, which need no parser. */
const USUAL_TYPES = new Set(["application/json", "application/json; charset=utf-8"]);

/**
 * Creates the reader.
 *
 * When a body never arrives, the promise of its bytes stays pending until the connection ends. No
 * other code waits for that promise.
 * @param timeoutMs time limit for the body. After it, the request fails with BodyTimeoutError
 */
export function jsonBodyReader(clock: Clock, timeoutMs: number): ReadJsonBody {
  const within = deadlines(clock, timeoutMs, (ms) => new BodyTimeoutError(ms));
  return async (ctx) => {
    if (!hasBody(ctx)) return undefined;
    requirePlainJson(ctx);
    if ((ctx.request.length ?? 0) > BODY_BYTES_MAX) throw new BodyTooLargeError(BODY_BYTES_MAX);
    let bytes = Buffer.alloc(0);
    await within(
      async () => {
        bytes = await readBytes(ctx.req);
      },
      () => {},
    );
    return parseObject(bytes);
  };
}

function hasBody(ctx: RequestContext): boolean {
  return (ctx.request.length ?? 0) > 0 || ctx.get("Transfer-Encoding") !== "";
}

/**
 * Refuses bodies of other types, and compressed ones: bodies are so small that compression would
 * only cost the server work.
 */
function requirePlainJson(ctx: RequestContext): void {
  const encoding = ctx.get("Content-Encoding");
  if (!["", "identity"].includes(encoding.toLowerCase())) {
    throw new UnsupportedMediaTypeError(`The body is compressed (${encoding})`);
  }
  const type = ctx.get("Content-Type");
  if (USUAL_TYPES.has(type)) return;
  if (ctx.is("application/json") === false) {
    const given = type === "" ? "no Content-Type" : `the Content-Type ${type}`;
    throw new UnsupportedMediaTypeError(`The body has ${given}`);
  }
  const { charset } = ctx.request;
  if (charset !== "" && !isUtf8(charset)) {
    throw new UnsupportedMediaTypeError(`The body has the charset ${charset}`);
  }
}

/** Knows every name of UTF-8 by the Encoding Standard, such as utf8 and unicode-1-1-utf-8. */
function isUtf8(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding === "utf-8";
  } catch {
    return false;
  }
}

/**
 * Collects the bytes of a body. The rest of a body that is too large is read and discarded until
 * the answer ends: unread bytes would block the next request of the connection.
 */
function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    // The client may have left before this function was called. Then no event follows.
    if (request.destroyed && !request.complete) throw new MalformedHttpError(BODY_LOST);
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_BYTES_MAX) {
        chunks.push(chunk);
        return;
      }
      reject(new BodyTooLargeError(BODY_BYTES_MAX));
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    // The end of the connection. Node emits no "error" before it, because nothing listens for one.
    request.once("close", () => {
      if (!request.complete) reject(new MalformedHttpError(BODY_LOST));
    });
  });
}

const BODY_LOST = "The client closed the connection before the whole body arrived";

/** Without `fatal`, invalid bytes would become U+FFFD, and the changed text would be stored. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseObject(bytes: Buffer): unknown {
  const text = textOf(bytes);
  const parsed = parseJson(text);
  const fieldCount = requireStorable(parsed);
  // Most bodies have one colon for each field, and nothing more to find.
  if (colonCountIn(text) !== fieldCount && fieldCountIn(text) !== fieldCount) {
    throw new InvalidJsonError("An object of the body has a field twice; send each field once");
  }
  return parsed;
}

function colonCountIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) count += 1;
  return count;
}

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InvalidJsonError("The body is not UTF-8; encode it as UTF-8");
  }
}

/** An empty text, which a client sends in chunks, counts as an object without fields. */
function parseJson(text: string): unknown {
  if (text === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidJsonError(NO_OBJECT, {}, { cause });
  }
  if (typeof parsed !== "object" || parsed === null) throw new InvalidJsonError(NO_OBJECT);
  return parsed;
}

const NO_OBJECT = "The body is not a JSON object; send one object";

/**
 * Refuses a body that is nested too deeply, a field `__proto__`, which would change the prototype
 * of an object that copies the field, and texts that hold half of a surrogate pair: an escape such
 * as `"\ud83d"` is valid JSON, but no database can store the text as UTF-8.
 *
 * Checks level by level, without recursion, so that a deep body cannot overflow the stack.
 * @returns the number of fields of all objects
 */
function requireStorable(root: unknown): number {
  let level: unknown[] = [root];
  let fieldCount = 0;
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
    for (const value of level) fieldCount += fieldsOf(value);
    level = level.flatMap(partsOf);
  }
  return fieldCount;
}

const isIllFormed = (value: unknown) => typeof value === "string" && !value.isWellFormed();

function fieldsOf(value: unknown): number {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.keys(value).length : 0;
}

function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value;
  if (Object.hasOwn(value, "__proto__")) {
    throw new InvalidJsonError("The body has a field __proto__; leave it out");
  }
  return [...Object.keys(value), ...Object.values(value)];
}
