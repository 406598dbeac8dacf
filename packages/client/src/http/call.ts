import {
  type DataOf,
  type InputOf,
  type Operation,
  type OperationId,
  operationOf,
} from "../operations.ts";
import {
  CallTimeoutError,
  NoAnswerError,
  type Problem,
  ProblemError,
  UnexpectedAnswerError,
} from "../problems/errors.ts";
import type { Environment } from "../shared/environment.ts";
import { bounded, sleep, untilAborted } from "../shared/signals.ts";
import { readAnswer, requestHeaders } from "./answer.ts";
import { readText } from "./body.ts";
import { headersOf, setHeader } from "./headers.ts";
import { newKey } from "./idempotencyKey.ts";
import { mayRepeat, pauseMs } from "./repetition.ts";

/** Bounds of one call. */
export interface CallOptions {
  /** Ends the call; it then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The time for the call with all its attempts and pauses, ms; then it throws an error with the
   * name `TimeoutError`, from a call a `CallTimeoutError` with the key of the request.
   * Default: no other limit than those of the attempts.
   */
  readonly timeoutMs?: number | undefined;
}

/** Options of a call that takes an Idempotency-Key. */
export interface KeyedOptions extends CallOptions {
  /** 1 to 255 visible ASCII characters. Default: a new key, the same for all attempts. */
  readonly idempotencyKey?: string | undefined;
}

/** A place from which all calls of a client start. */
export interface Link {
  readonly environment: Environment;
  /** With the prefix, without a slash at the end. */
  readonly baseUrl: string;
  /** The time for one attempt, ms. */
  readonly attemptTimeoutMs: number;
  readonly attemptsMax: number;
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request, the same in all attempts. */
export interface SentRequest {
  readonly operation: Operation;
  /** The path with its fields and the query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** The parts of a request that are not in the document's input. */
export interface Sending extends KeyedOptions {
  /** The access token or the queue token, or a function that returns it. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An accepted answer. */
export interface Accepted<T> {
  readonly status: number;
  readonly data: T;
  readonly headers: Headers;
}

/** The operations whose repetition changes nothing, although they are POST and take no key. */
const REPEATABLE_POSTS: readonly OperationId[] = ["joinQueue", "cancelSeats"];

/**
 * Sends a request until the API accepts or refuses it, at most `attemptsMax` times.
 * @throws ProblemError when the API refuses the request
 * @throws NoAnswerError when there was no answer
 * @throws UnexpectedAnswerError when another program answered
 * @throws CallTimeoutError after `timeoutMs`
 * @throws the reason of the signal
 * @throws TypeError when a header or the path cannot be sent; nothing was sent then
 */
export async function call<K extends OperationId>(
  link: Link,
  id: K,
  input: InputOf<K>,
  sending: Sending = {},
): Promise<Accepted<DataOf<K>>> {
  const request = requestOf(link, id, input, sending);
  const isRepeatable =
    request.operation.method !== "POST" ||
    request.idempotencyKey !== undefined ||
    REPEATABLE_POSTS.includes(id);
  let failure: unknown;
  const timeoutError = (ms: number) =>
    new CallTimeoutError(shown(request), request.idempotencyKey, {
      ...{ outcome: `had no result within ${ms} ms`, cause: failure },
    });
  return await bounded(link.environment, { ...sending, timeoutError }, async (signal) => {
    const { token } = sending;
    if (typeof token === "function") {
      const own = await untilAborted(Promise.resolve().then(token), signal);
      setHeader(request.headers, "authorization", `Bearer ${own}`);
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce<DataOf<K>>(link, request, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
        if (attempt >= link.attemptsMax || !mayRepeat(error, isRepeatable)) throw error;
        await sleep(link.environment, pauseMs(error, attempt, link.environment.random), signal);
      }
    }
  });
}

/** Makes the request of an operation. */
export function requestOf<K extends OperationId>(
  link: Link,
  id: K,
  input: Input,
  sending: Sending,
): SentRequest {
  const operation = operationOf(id);
  const { body } = input;
  const token = typeof sending.token === "function" ? undefined : sending.token;
  const idempotencyKey = operation.takesKey
    ? (sending.idempotencyKey ?? newKey(link.environment))
    : undefined;
  return {
    operation,
    target: targetOf(operation.path, input),
    headers: headersOf(
      link.headers,
      requestHeaders({ token, hasBody: body !== undefined, idempotencyKey }),
      sending.headers ?? {},
    ),
    body: body === undefined ? undefined : JSON.stringify(body),
    idempotencyKey,
  };
}

/** The input of any operation. */
interface Input {
  readonly path?: Readonly<Record<string, string | number>> | undefined;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
}

function targetOf(pattern: string, { path = {}, query = {} }: Input): string {
  const filled = pattern.replace(/\{(\w+)\}/g, (_field, name: string) =>
    segmentOf(name, String(path[name] ?? "")),
  );
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) fields.set(name, String(value));
  }
  const text = fields.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

/** @throws TypeError for a value that would change the path: URLs remove "." and ".." */
function segmentOf(name: string, value: string): string {
  if (value === "" || value === "." || value === "..") {
    throw new TypeError(`${name} cannot be "${value}"`);
  }
  return encodeURIComponent(value);
}

async function sendOnce<T>(
  link: Link,
  request: SentRequest,
  callSignal: AbortSignal,
): Promise<Accepted<T>> {
  const bounds = { signal: callSignal, timeoutMs: link.attemptTimeoutMs };
  return await bounded(link.environment, bounds, async (signal) => {
    const response = await openAnswer(link, request, signal);
    const text = await readText(response).catch((cause) => noAnswer(request, cause));
    return acceptedOf<T>(link, request, response, text);
  });
}

/**
 * Sends a request once, and returns its answer as soon as the headers are there.
 * @throws NoAnswerError when there is none
 */
export async function openAnswer(
  { environment, baseUrl }: Link,
  request: SentRequest,
  signal: AbortSignal,
): Promise<Response> {
  const { operation, target, headers, body } = request;
  const init = { method: operation.method, headers, signal };
  try {
    return await environment.fetch(baseUrl + target, body === undefined ? init : { ...init, body });
  } catch (cause) {
    return noAnswer(request, cause);
  }
}

function noAnswer(request: SentRequest, cause: unknown): never {
  throw new NoAnswerError(shown(request), request.idempotencyKey, { cause });
}

const shown = ({ operation, target }: SentRequest): string => `${operation.method} ${target}`;

/**
 * Reads a whole answer.
 * @param text undefined when the body is longer than any answer of the API
 * @throws ProblemError, UnexpectedAnswerError
 */
export function acceptedOf<T>(
  { environment }: Link,
  request: SentRequest,
  { status, headers }: Pick<Response, "status" | "headers">,
  text: string | undefined,
): Accepted<T> {
  const { idempotencyKey } = request;
  if (text === undefined) throw new UnexpectedAnswerError(shown(request), status, request);
  const nowMs = serverTimeMs(headers) ?? environment.nowMs();
  const answer = readAnswer<T>(status, text, headers.get("retry-after"), nowMs);
  if (answer.kind === "refused" && isProblemBody(answer.body)) {
    throw new ProblemError(answer.body, answer.retryAfterMs, idempotencyKey);
  }
  const isEmpty = status === 204 || status === 304;
  if (answer.kind !== "accepted" || (answer.data === undefined && !isEmpty)) {
    const retryAfterMs = answer.kind === "accepted" ? undefined : answer.retryAfterMs;
    throw new UnexpectedAnswerError(shown(request), status, { retryAfterMs, idempotencyKey });
  }
  return { status, headers, data: answer.data };
}

/** The clock of the client can be wrong; a date in Retry-After is one of the server's clock. */
function serverTimeMs(headers: Headers): number | undefined {
  const dateMs = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(dateMs) ? undefined : dateMs;
}

function isProblemBody(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null || !("code" in body && "status" in body)) {
    return false;
  }
  return typeof body.code === "string" && typeof body.status === "number";
}
