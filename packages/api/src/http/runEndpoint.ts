import type { CoreContext, OnsaleConfig } from "@onsale/core";
import type { Authenticate } from "../auth/authenticator.ts";
import type { WorkBound } from "../middlewares/inFlight.ts";
import type { OpenOfUser } from "../middlewares/openRequests.ts";
import { IdempotencyKeyInvalidError } from "../problems/errors.ts";
import type { Endpoint, Reply } from "./endpoint.ts";
import type { EndpointAnswer } from "./endpointAnswer.ts";
import type { FoundRoute } from "./routeTable.ts";

/** The dependencies of every endpoint of a process. */
export interface Runtime {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly authenticate: Authenticate;
  /**
   * Applies the limits of a user before the body is read: the rate and the number of open requests.
   */
  readonly openOfUser: OpenOfUser;
  /** Returns the bound of the slots in which the endpoint works. */
  boundOf(endpoint: Endpoint): Pick<WorkBound, "run" | "requireFree">;
  /** Called after each write, so that the relay publishes its outbox messages immediately. */
  readonly onWritten: () => void;
}

/** A request without the details of HTTP. */
export interface EndpointRequest {
  readonly query: unknown;
  /** Returns a header by its name in lower case; undefined when absent. */
  header(name: string): string | undefined;
  /** Reads the body. Called only for endpoints with a body, after the limits of the user. */
  readBody(): unknown;
  /** Called as soon as the caller is known, before the limits of the user. The log uses it. */
  onCaller?(userId: number | undefined): void;
  /**
   * Calls `close` when the answer is written, which ends the count of the request. Without it, the
   * count ends with the work.
   */
  closeWhenWritten?(close: () => void): void;
}

/** The header of a stored answer. */
export const REPLAYED_HEADER = "Idempotency-Replayed";

/** A proxy must neither keep nor compress a stream, nor wait for more of it. */
const STREAM_HEADERS = {
  "Cache-Control": "no-store, no-transform",
  "Content-Type": "text/event-stream; charset=utf-8",
  "X-Accel-Buffering": "no",
};

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * Authenticates the caller, checks the request, does the work, and presents the answer.
 * @throws CoreError for every refusal; any other error is a bug
 */
export async function runEndpoint(
  runtime: Runtime,
  { endpoint, params }: FoundRoute,
  request: EndpointRequest,
): Promise<EndpointAnswer> {
  const verified = runtime.authenticate(endpoint.access, {
    authorization: request.header("authorization") ?? "",
    userIdHeader: request.header("x-user-id") ?? "",
  });
  const identity = verified instanceof Promise ? await verified : verified;
  const opened: (() => void)[] = [];
  const openAs = (userId: number | undefined): Promise<unknown> | undefined => {
    request.onCaller?.(userId);
    if (userId === undefined) return undefined;
    const close = runtime.openOfUser(userId);
    if (close instanceof Promise) return close.then((one) => opened.push(one));
    opened.push(close);
    return undefined;
  };
  try {
    const proven = identity.userId ?? identity.queueToken?.claims.userId;
    const opening = openAs(proven);
    if (opening) await opening;
    const body = endpoint.readsBody ? request.readBody() : undefined;
    const call = endpoint.prepare({
      identity,
      body: body instanceof Promise ? await body : body,
      params,
      query: request.query,
      idempotencyKey: endpoint.idempotent ? idempotencyKeyOf(request) : undefined,
    });
    // In trusted mode, the path or the body can be the only place that names the user, so the
    // limits apply again here.
    if (call.userId !== proven) await openAs(call.userId);
    const bound = runtime.boundOf(endpoint);
    const reply = await bound.run(() => call.run(runtime.core, runtime.config));
    if (endpoint.method !== "get") runtime.onWritten();
    return answerOf(endpoint, reply, request.header("if-none-match"));
  } finally {
    for (const close of opened) {
      if (request.closeWhenWritten) request.closeWhenWritten(close);
      else close();
    }
  }
}

function idempotencyKeyOf(request: EndpointRequest): string | undefined {
  const key = request.header("idempotency-key");
  if (key === undefined || VISIBLE_ASCII.test(key)) return key;
  throw new IdempotencyKeyInvalidError();
}

function answerOf(
  endpoint: Endpoint,
  { data, encoded, etag, replayed, cacheControl = "no-store", follow }: Reply<unknown>,
  ifNoneMatch: string | undefined,
): EndpointAnswer {
  const headers: Record<string, string> = { "Cache-Control": cacheControl };
  if (replayed) headers[REPLAYED_HEADER] = "true";
  if (endpoint.status === 204) return { status: 204, headers, body: undefined };
  if (endpoint.conditional && etag !== undefined) {
    headers.ETag = endpoint.conditional === "strong" ? `"${etag}"` : `W/"${etag}"`;
    if (clientHas(ifNoneMatch, etag)) return { status: 304, headers, body: undefined };
  }
  if (follow) return { status: endpoint.status, headers: STREAM_HEADERS, body: undefined, follow };
  headers["Content-Type"] = "application/json; charset=utf-8";
  return { status: endpoint.status, headers, body: encoded ?? JSON.stringify({ data }) };
}

/**
 * Compares If-None-Match by the weak comparison (RFC 9110, 13.1.2). Koa's `fresh` is not used: it
 * also obeys the request's Cache-Control, and `fetch` in browsers adds no-cache to every
 * conditional request.
 */
function clientHas(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === "*") return true;
  return ifNoneMatch.split(",").some((one) => one.trim().endsWith(`"${etag}"`));
}
