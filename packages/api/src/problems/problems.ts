import type { ApiErrorCode, CoreErrorCode } from "./errors.ts";
import { OPERATION_PROBLEMS } from "./operationProblems.ts";
import type { Problem } from "./problem.ts";
import { SEAT_PROBLEMS } from "./seatProblems.ts";

/** Every error code that an answer can have. */
export type ErrorCode = keyof typeof PROBLEMS;

/** Maps every error code to its HTTP answer. A missing row is a compile error. */
export const PROBLEMS = {
  INVALID_REQUEST: {
    status: 400,
    title: "The request is not valid",
    remedy: "Correct the fields that `errors[]` names (path and reason).",
  },
  INVALID_JSON: {
    status: 400,
    title: "The body is not a JSON object",
    remedy: "Send one JSON object in UTF-8, each field once, nested no deeper than 16 levels.",
  },
  INVALID_INPUT: {
    status: 400,
    title: "A value breaks a rule",
    remedy: "Read `detail`, which names the rule and the bound, and correct the value.",
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: "The Idempotency-Key is not valid",
    remedy: "Send 1 to 255 visible ASCII characters, without spaces; a UUID is a good key.",
  },
  SEAT_COUNT_INVALID: {
    status: 400,
    title: "Wrong number of seats",
    remedy: "Name 1 to `seatsMax` different seats.",
  },
  SEATS_OF_SEVERAL_PERFORMANCES: {
    status: 400,
    title: "The seats belong to several performances",
    remedy: "Make one reservation for each performance.",
  },
  MALFORMED_HTTP: {
    status: 400,
    title: "The request is not valid HTTP",
    remedy: "The server could not read the request; check the HTTP client.",
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: "The server does not support the value of the header Expect",
    remedy: "Send `Expect: 100-continue` or no `Expect` at all.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: "The request did not arrive in time",
    remedy: "Send headers and body without a pause, on a faster connection.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: "The body is too large",
    remedy: "Send at most 64 KiB.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: "The type of the body is not supported",
    remedy: "Send `Content-Type: application/json` in UTF-8, not compressed.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: "The headers are too large",
    remedy: "Send fewer or shorter headers, at most 16 KiB together.",
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: "The path does not exist",
    remedy: "Use a path that /openapi.json lists.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: "The path does not support this method",
    remedy: "Use a method that the `Allow` header names.",
  },

  // Codes about authentication and access.
  AUTHENTICATION_REQUIRED: {
    status: 401,
    title: "A token is required",
    remedy: "Send `Authorization: Bearer <access token or queue token>`.",
  },
  ACCESS_TOKEN_INVALID: {
    status: 401,
    title: "The access token is not valid",
    remedy:
      "The token is expired, altered, or not for this API; `detail` says which. Get a new one.",
  },
  METRICS_TOKEN_INVALID: {
    status: 401,
    title: "The metrics need their token",
    remedy: "Send the token of `METRICS_TOKEN` as `Authorization: Bearer`.",
  },
  QUEUE_TOKEN_REQUIRED: {
    status: 401,
    title: "A queue token is required",
    remedy: "Join the queue and send its token as `Authorization: Bearer <queue token>`.",
  },
  QUEUE_TOKEN_INVALID: {
    status: 401,
    title: "The queue token is not valid",
    remedy: "The token is altered or belongs to an earlier sale; join the queue again.",
  },
  TOKEN_KIND_WRONG: {
    status: 401,
    title: "The token is of another kind",
    remedy: "Send a token of the kind that `needed` names; `given` is what was sent.",
  },
  FOREIGN_USER: {
    status: 403,
    title: "The account belongs to another user",
    remedy: "Send your own `userId`, or leave it out.",
  },
  USER_NOT_FOUND: {
    status: 404,
    title: "The user does not exist",
    remedy: "You can read only your own user.",
  },
  AUTH_KEYS_UNAVAILABLE: {
    status: 503,
    title: "Access tokens cannot be verified at the moment",
    remedy: "The keys of the issuer could not be fetched; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },

  // Codes about the waiting room.
  QUEUE_TOKEN_NOT_ACTIVE: {
    status: 403,
    title: "The queue token is not active yet",
    remedy: "Keep the token and read the status after `Retry-After` until it is ACTIVE.",
    retryAfterSeconds: 1,
  },
  QUEUE_TOKEN_WRONG_QUEUE: {
    status: 403,
    title: "The token belongs to another queue",
    remedy: "Join the queue that `queueId` names: `POST /queue/tokens` with this `queueId`.",
  },
  QUEUE_TOKEN_EXPIRED: {
    status: 410,
    title: "The place in the queue has ended",
    remedy: "The place was used up, given up, or has expired; join again.",
  },
  QUEUE_PLACE_NOT_FOUND: {
    status: 404,
    title: "The user has no place in this queue",
    remedy: "Join the queue first.",
  },
  QUEUE_NOT_FOUND: {
    status: 404,
    title: "The queue does not exist",
    remedy: "Use the `queueId` of the concert in `GET /concerts`; the default is `main`.",
  },
  QUEUE_CLOSED: {
    status: 409,
    title: "The queue is closed to new buyers",
    remedy: "The operator has closed the queue; try again after `Retry-After`.",
    retryAfterSeconds: 10,
  },

  ...SEAT_PROBLEMS,
  ...OPERATION_PROBLEMS,

  // Codes about points and payments.
  INSUFFICIENT_POINTS: {
    status: 422,
    title: "Not enough points",
    remedy: "Charge at least `required` − `balance` points, then pay again.",
  },
  BALANCE_LIMIT: {
    status: 422,
    title: "The balance would exceed its limit",
    remedy: "Spend points before charging more.",
  },
  PAYMENT_NOT_FOUND: {
    status: 404,
    title: "The payment does not exist",
    remedy: "Use the `paymentId` from the answer to the payment.",
  },
  PAYMENT_NOT_YOURS: {
    status: 403,
    title: "The payment belongs to another buyer",
    remedy: "You can refund only your own payments.",
  },
  PAYMENT_ALREADY_REFUNDED: {
    status: 409,
    title: "The payment is already refunded",
    remedy: "Nothing; the points were returned by the first refund.",
  },

  // Codes about repeated requests.
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: "The Idempotency-Key was used with another body",
    remedy: "Use a new key for each new request.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: "The first request with this key is still in progress",
    remedy: "Repeat the same request after `Retry-After` to get its answer.",
    retryAfterSeconds: 1,
  },

  // Codes about limits and outages.
  RATE_LIMITED: {
    status: 429,
    title: "Too many requests",
    remedy: "Send fewer requests; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  TOO_MANY_OPEN_REQUESTS: {
    status: 429,
    title: "Too many requests are open",
    remedy: "Wait for the answers to your earlier requests, then try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  OVERLOADED: {
    status: 503,
    title: "The server is overloaded",
    remedy: "Nothing was done; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  DEADLINE_EXCEEDED: {
    status: 503,
    title: "The answer took too long",
    remedy: "The request may still take effect; repeat it with the same Idempotency-Key.",
    retryAfterSeconds: 1,
  },
  DEPENDENCY_UNAVAILABLE: {
    status: 503,
    title: "A required server does not answer",
    remedy: "Nothing was done; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: "The outcome of the request is not known",
    remedy: "Repeat the request with the same Idempotency-Key to learn the outcome.",
    retryAfterSeconds: 1,
  },
  TRANSACTION_CONTENDED: {
    status: 503,
    title: "Too many other requests changed the same rows",
    remedy: "Nothing was done; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  INTERNAL_ERROR: {
    status: 500,
    title: "The server failed because of a bug",
    remedy: "Report the `requestId`; the log of the server has the details.",
  },
} as const satisfies Record<ApiErrorCode | CoreErrorCode, Problem>;
