import type * as core from "@onsale/core";
import { CoreError } from "@onsale/core";

/** One reason why a request is not valid. */
export interface FieldError {
  /** Where: "body.seatIds.0", "query.limit", "path.userId". */
  readonly path: string;
  readonly reason: string;
}

/** A request that the parser reads and that is not HTTP all the same. */
export class MalformedHttpError extends CoreError {
  readonly code = "MALFORMED_HTTP";
}

/** The client demands what no server promises. */
export class ExpectationFailedError extends CoreError {
  readonly code = "EXPECTATION_FAILED";
  constructor() {
    super("The only expectation that can be met is Expect: 100-continue");
  }
}

/** Fields that break the schema. */
export class InvalidRequestError extends CoreError {
  readonly code = "INVALID_REQUEST";
  constructor(errors: readonly FieldError[]) {
    const first = errors[0];
    super(first ? `${first.path}: ${first.reason}` : "The request is not valid", { errors });
  }
}

/** The body could not be read as JSON. */
export class InvalidJsonError extends CoreError {
  readonly code = "INVALID_JSON";
}

/** The Idempotency-Key breaks its rule. */
export class IdempotencyKeyInvalidError extends CoreError {
  readonly code = "IDEMPOTENCY_KEY_INVALID";
  constructor() {
    super("An Idempotency-Key has 1 to 255 visible ASCII characters");
  }
}

/** The body passes its bound. */
export class BodyTooLargeError extends CoreError {
  readonly code = "BODY_TOO_LARGE";
  constructor(bytesMax: number) {
    super(`A body holds at most ${bytesMax} bytes`, { bytesMax });
  }
}

/** The body is something else than JSON in UTF-8. */
export class UnsupportedMediaTypeError extends CoreError {
  readonly code = "UNSUPPORTED_MEDIA_TYPE";
  constructor() {
    super("Send the body as application/json in UTF-8, not compressed");
  }
}

/** No route has this path. */
export class RouteNotFoundError extends CoreError {
  readonly code = "ROUTE_NOT_FOUND";
  constructor() {
    super("There is no such path; /openapi.json lists them");
  }
}

/** The path exists, with other methods. */
export class MethodNotAllowedError extends CoreError {
  readonly code = "METHOD_NOT_ALLOWED";
  readonly allow: string;
  constructor(methods: readonly string[]) {
    const allow = methods.join(", ");
    super(`This path knows ${allow}`);
    this.allow = allow;
  }
}

/** The endpoint wants to know who calls, and no token came. */
export class AuthenticationRequiredError extends CoreError {
  readonly code = "AUTHENTICATION_REQUIRED";
  constructor() {
    super("Send an access token as Authorization: Bearer");
  }
}

/** The endpoint wants a queue token, and none came. */
export class QueueTokenRequiredError extends CoreError {
  readonly code = "QUEUE_TOKEN_REQUIRED";
  constructor() {
    super("Send the queue token as Authorization: Bearer");
  }
}

/** Neither an access token of the configured issuer nor a queue token. */
export class AccessTokenInvalidError extends CoreError {
  readonly code = "ACCESS_TOKEN_INVALID";
  constructor() {
    super("The access token is expired, altered, or of another issuer");
  }
}

/** The issuer's keys cannot be fetched, so no token can be judged. */
export class AuthKeysUnavailableError extends CoreError {
  readonly code = "AUTH_KEYS_UNAVAILABLE";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super("The issuer's keys could not be fetched; try again shortly", {}, options);
  }
}

/** A write in another user's name. */
export class ForeignUserError extends CoreError {
  readonly code = "FOREIGN_USER";
  constructor() {
    super("The userId is not the caller's; use your own or leave it out");
  }
}

/** A read of another user: answered as if there were none, so that nobody learns who exists. */
export class UserNotFoundError extends CoreError {
  readonly code = "USER_NOT_FOUND";
  constructor() {
    super("There is no such user, or it is not you");
  }
}

/** A caller or an address asks too often. */
export class RateLimitedError extends CoreError {
  readonly code = "RATE_LIMITED";
  override readonly retryable = true;
  constructor(retryAfterMs: number) {
    super("Too many requests; slow down", { retryAfterMs });
  }
}

/** A caller or an address has as many requests open as it may. */
export class TooManyOpenRequestsError extends CoreError {
  readonly code = "TOO_MANY_OPEN_REQUESTS";
  override readonly retryable = true;
  constructor(openMax: number) {
    super(`At most ${openMax} requests may be open at a time; wait for their answers`, { openMax });
  }
}

/** The body did not arrive in time. Nothing was done. */
export class BodyTimeoutError extends CoreError {
  readonly code = "REQUEST_TIMEOUT";
  constructor(timeoutMs: number) {
    super(`The body did not arrive within ${timeoutMs} ms; send it without a pause`, { timeoutMs });
  }
}

/** The work did not end in time; it may still take effect. */
export class DeadlineExceededError extends CoreError {
  readonly code = "DEADLINE_EXCEEDED";
  override readonly retryable = true;
  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms; repeat with the same Idempotency-Key`, { timeoutMs });
  }
}

/** What Node's HTTP parser refuses, and a failure of ours: codes without a class. */
type BareCode = "HEADERS_TOO_LARGE" | "INTERNAL_ERROR";

/** The codes that the API itself adds to core's. */
export type ApiErrorCode =
  | BareCode
  | MalformedHttpError["code"]
  | ExpectationFailedError["code"]
  | InvalidRequestError["code"]
  | InvalidJsonError["code"]
  | IdempotencyKeyInvalidError["code"]
  | BodyTooLargeError["code"]
  | UnsupportedMediaTypeError["code"]
  | RouteNotFoundError["code"]
  | MethodNotAllowedError["code"]
  | AuthenticationRequiredError["code"]
  | QueueTokenRequiredError["code"]
  | AccessTokenInvalidError["code"]
  | AuthKeysUnavailableError["code"]
  | ForeignUserError["code"]
  | UserNotFoundError["code"]
  | RateLimitedError["code"]
  | TooManyOpenRequestsError["code"]
  | BodyTimeoutError["code"]
  | DeadlineExceededError["code"];

type CodeOf<T> = T extends abstract new (
  ...args: never[]
) => infer E
  ? E extends CoreError
    ? E["code"]
    : never
  : never;

/** Every code that core's public error classes carry. */
export type CoreErrorCode = Exclude<CodeOf<(typeof core)[keyof typeof core]>, ApiErrorCode>;
