import type { CoreContext, OnsaleConfig } from "@onsale/core";
import type { Authenticate } from "../auth/authenticator.ts";
import type { OpenOfUser } from "../middlewares/openRequests.ts";
import { IdempotencyKeyInvalidError } from "../problems/errors.ts";
import type { Endpoint, Reply } from "./endpoint.ts";
import type { FoundRoute } from "./routeTable.ts";

/** The dependencies of every endpoint of a process. */
export interface Runtime {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly authenticate: Authenticate;
  /** Before the body is read: allowance and open requests of the user who calls. */
  readonly openOfUser: OpenOfUser;
  /** Keeps the work of an endpoint within the slots of the process. */
  inSlot<T>(work: () => Promise<T>): Promise<T>;
  /** Called after each write, so that its outbox messages need not wait for the next poll. */
  readonly onWritten: () => void;
}

/** A request, independent of its transport. */
export interface EndpointRequest {
  readonly query: unknown;
  /** A header by its name in lower case; undefined when absent. */
  header(name: string): string | undefined;
  /** Called once the caller may open a request, and only for endpoints that read a body. */
  readBody(): unknown;
  /** Called as soon as the caller is known, before the limits of a user; for the log. */
  onCaller?(userId: number | undefined): void;
}

/** An answer, independent of its transport. */
export interface EndpointAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; undefined for an answer without a body. */
  readonly body: string | undefined;
}

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * Authenticates the caller, checks the request, does the work, and presents the answer.
 * @throws CoreError for every refusal; anything else is a bug
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
  const openAs = async (userId: number | undefined): Promise<void> => {
    request.onCaller?.(userId);
    if (userId !== undefined) opened.push(await runtime.openOfUser(userId));
  };
  try {
    const proven = identity.userId ?? identity.queueToken?.claims.userId;
    await openAs(proven);
    const call = endpoint.prepare({
      identity,
      body: endpoint.readsBody ? await request.readBody() : undefined,
      params,
      query: request.query,
      idempotencyKey: endpoint.idempotent ? idempotencyKeyOf(request) : undefined,
    });
    // In trusted mode a request can name its user in the body or the path alone.
    if (call.userId !== proven) await openAs(call.userId);
    const reply = await runtime.inSlot(() => call.run(runtime.core, runtime.config));
    if (endpoint.method !== "get") runtime.onWritten();
    return answerOf(endpoint, reply, request.header("if-none-match"));
  } finally {
    for (const close of opened) close();
  }
}

function idempotencyKeyOf(request: EndpointRequest): string | undefined {
  const key = request.header("idempotency-key");
  if (key === undefined || VISIBLE_ASCII.test(key)) return key;
  throw new IdempotencyKeyInvalidError();
}

function answerOf(
  endpoint: Endpoint,
  { data, etag, replayed, cacheControl = "no-store" }: Reply<unknown>,
  ifNoneMatch: string | undefined,
): EndpointAnswer {
  const headers: Record<string, string> = { "Cache-Control": cacheControl };
  if (replayed) headers["Idempotency-Replayed"] = "true";
  if (endpoint.status === 204) return { status: 204, headers, body: undefined };
  if (endpoint.conditional && etag !== undefined) {
    headers.ETag = `W/"${etag}"`;
    if (clientHas(ifNoneMatch, etag)) return { status: 304, headers, body: undefined };
  }
  headers["Content-Type"] = "application/json; charset=utf-8";
  return { status: endpoint.status, headers, body: JSON.stringify({ data }) };
}

/**
 * If-None-Match by the weak comparison (RFC 9110, 13.1.2). Koa's `fresh` also obeys the request's
 * Cache-Control, and browsers' fetch adds no-cache to every conditional request.
 */
function clientHas(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === "*") return true;
  return ifNoneMatch.split(",").some((one) => one.trim().endsWith(`"${etag}"`));
}
