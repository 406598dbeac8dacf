import type * as core from "@onsale/core";
import { CoreError } from "@onsale/core";

/** One invalid field of a request. */
export interface FieldError {
  /** The position of the field: "body.seatIds.0", "query.limit", "path.userId". */
  readonly path: string;
  readonly reason: string;
}

/**
 * Maximum number of invalid fields that an answer lists. More do not help anybody, and a small body
 * can have thousands, whose answer would be larger than the request.
 */
const FIELD_ERRORS_MAX = 20;

/**
 * Maximum length of a text of the request that an answer repeats. The name of an unknown field can
 * fill the whole body, and would then be in the answer twice.
 */
const REPEATED_LENGTH_MAX = 100;

const shortened = (text: string): string =>
  text.length > REPEATED_LENGTH_MAX
    ? `${text.slice(0, REPEATED_LENGTH_MAX).toWellFormed()}…`
    : text;

/** The request breaks a rule of HTTP, although Node's parser accepts it. */
export class MalformedHttpError extends CoreError {
  readonly code = "MALFORMED_HTTP";
}

/** The client sent an `Expect` header that the server does not support. */
export class ExpectationFailedError extends CoreError {
  readonly code = "EXPECTATION_FAILED";
  constructor() {
    super("The server supports only Expect: 100-continue; send that or no Expect");
  }
}

/** Some fields of the request do not match the schema. */
export class InvalidRequestError extends CoreError {
  readonly code = "INVALID_REQUEST";
  constructor(errors: readonly FieldError[]) {
    const shown = errors
      .slice(0, FIELD_ERRORS_MAX)
      .map(({ path, reason }) => ({ path: shortened(path), reason }));
    const first = shown[0];
    super(first ? `${first.path}: ${first.reason}` : "The request is not valid", {
      errors: shown,
      ...(errors.length > FIELD_ERRORS_MAX ? { errorCount: errors.length } : {}),
    });
  }
}

/** The body is not valid JSON. */
export class InvalidJsonError extends CoreError {
  readonly code = "INVALID_JSON";
}

/** The Idempotency-Key does not have the required form. */
export class IdempotencyKeyInvalidError extends CoreError {
  readonly code = "IDEMPOTENCY_KEY_INVALID";
  constructor() {
    super("An Idempotency-Key must have 1 to 255 visible ASCII characters; a UUID is a good key");
  }
}

/** The body is larger than the limit. */
export class BodyTooLargeError extends CoreError {
  readonly code = "BODY_TOO_LARGE";
  constructor(bytesMax: number) {
    super(`The body is larger than ${bytesMax} bytes; send less`, { bytesMax });
  }
}

/** The body has another content type than JSON in UTF-8. */
export class UnsupportedMediaTypeError extends CoreError {
  readonly code = "UNSUPPORTED_MEDIA_TYPE";
  /** @param fault what is wrong, as the beginning of a sentence */
  constructor(fault: string) {
    super(`${shortened(fault)}; send it as application/json in UTF-8, not compressed`);
  }
}

/** No route has this path. */
export class RouteNotFoundError extends CoreError {
  readonly code = "ROUTE_NOT_FOUND";
  constructor() {
    super("The path does not exist; /openapi.json lists all paths");
  }
}

/** The path exists, but only with other methods. */
export class MethodNotAllowedError extends CoreError {
  readonly code = "METHOD_NOT_ALLOWED";
  readonly allow: string;
  constructor(methods: readonly string[]) {
    const allow = methods.join(", ");
    super(`This path supports only ${allow}`);
    this.allow = allow;
  }
}

/** The endpoint requires a token, and the request has no token. */
export class AuthenticationRequiredError extends CoreError {
  readonly code = "AUTHENTICATION_REQUIRED";
  constructor() {
    super("This endpoint requires an access token; send it as Authorization: Bearer");
  }
}

/** The endpoint requires a queue token, and the request has no queue token. */
export class QueueTokenRequiredError extends CoreError {
  readonly code = "QUEUE_TOKEN_REQUIRED";
  constructor() {
    super("This endpoint requires a queue token; send it as Authorization: Bearer");
  }
}

/** The token is not an access token that the configured issuer signed for this API. */
export class AccessTokenInvalidError extends CoreError {
  readonly code = "ACCESS_TOKEN_INVALID";
  /** @param reason why a token with a valid signature is refused: "it has expired" */
  constructor(reason = "its signature is not of the configured issuer") {
    super(`The access token is refused, because ${reason}; get a new one`);
  }
}

/** The token is not an admin token of this installation, or it has expired. */
export class AdminTokenInvalidError extends CoreError {
  readonly code = "ADMIN_TOKEN_INVALID";
  constructor() {
    super("This endpoint requires an admin token that is valid; sign a new one");
  }
}

/** The kinds of tokens that are sent as Bearer. */
export type TokenKind = "access" | "queue" | "admin";

const GET_TOKEN: Readonly<Record<TokenKind, string>> = {
  access: "send your access token",
  queue: "join the queue by POST /queue/tokens, and send the token of the answer",
  admin: "send one of `onsale admin token`",
};

/** The token is of another kind than the endpoint needs. */
export class TokenKindError extends CoreError {
  readonly code = "TOKEN_KIND_WRONG";
  constructor(given: TokenKind, needed: TokenKind) {
    const article = (kind: TokenKind): string => (kind === "queue" ? "a" : "an");
    super(
      `This is ${article(given)} ${given} token, and this endpoint needs ${article(needed)} ` +
        `${needed} token: ${GET_TOKEN[needed]}`,
      { given: `${given} token`, needed: `${needed} token` },
    );
  }
}

/** The request for the metrics has no token, or another one than METRICS_TOKEN. */
export class MetricsTokenInvalidError extends CoreError {
  readonly code = "METRICS_TOKEN_INVALID";
  constructor() {
    super("The metrics need the token of METRICS_TOKEN; send it as Authorization: Bearer");
  }
}

/** The role of the admin token does not allow changes. */
export class AdminRoleForbiddenError extends CoreError {
  readonly code = "ADMIN_ROLE_FORBIDDEN";
  constructor(role: string) {
    super("The role of this admin token only reads; use a token of the role operator", { role });
  }
}

/** No token can be verified, because the keys of the issuer cannot be fetched. */
export class AuthKeysUnavailableError extends CoreError {
  readonly code = "AUTH_KEYS_UNAVAILABLE";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super("The keys of the issuer could not be fetched; try again later", {}, options);
  }
}

/** The request would write to the account of another user. */
export class ForeignUserError extends CoreError {
  readonly code = "FOREIGN_USER";
  constructor() {
    super("The userId belongs to another user; send your own or leave it out");
  }
}

/**
 * The request would read data of another user. The answer is the same as for a user that does not
 * exist.
 */
export class UserNotFoundError extends CoreError {
  readonly code = "USER_NOT_FOUND";
  constructor() {
    super("The user does not exist or is not you; read your own user");
  }
}

/** A user or an address sent too many requests within a second. */
export class RateLimitedError extends CoreError {
  readonly code = "RATE_LIMITED";
  override readonly retryable = true;
  constructor(retryAfterMs: number) {
    super("Too many requests within a second; send fewer", { retryAfterMs });
  }
}

/** A user or an address has too many requests that are not answered yet. */
export class TooManyOpenRequestsError extends CoreError {
  readonly code = "TOO_MANY_OPEN_REQUESTS";
  override readonly retryable = true;
  constructor(openMax: number) {
    super(`More than ${openMax} requests are open at the same time; wait for their answers`, {
      openMax,
    });
  }
}

/** The body did not arrive in time. The request had no effect. */
export class BodyTimeoutError extends CoreError {
  readonly code = "REQUEST_TIMEOUT";
  constructor(timeoutMs: number) {
    super(`The body did not arrive within ${timeoutMs} ms; send it without a pause`, { timeoutMs });
  }
}

/** The work did not end in time. It may still take effect. */
export class DeadlineExceededError extends CoreError {
  readonly code = "DEADLINE_EXCEEDED";
  override readonly retryable = true;
  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms; repeat with the same Idempotency-Key`, { timeoutMs });
  }
}

/** Codes without an error class: Node's HTTP parser refused the request, or the API has a bug. */
type BareCode = "HEADERS_TOO_LARGE" | "INTERNAL_ERROR";

/** Codes that the API defines in addition to those of core. */
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
  | AdminTokenInvalidError["code"]
  | TokenKindError["code"]
  | MetricsTokenInvalidError["code"]
  | AdminRoleForbiddenError["code"]
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

/** The codes of all public error classes of core. */
export type CoreErrorCode = Exclude<CodeOf<(typeof core)[keyof typeof core]>, ApiErrorCode>;
