import type { ApiErrorCode, CoreErrorCode } from "./errors.ts";
import type { Problem } from "./problem.ts";
import { SEAT_PROBLEMS } from "./seatProblems.ts";

/** Every code that an answer can carry. */
export type ErrorCode = keyof typeof PROBLEMS;

/** The one place where a code becomes an HTTP status; a code without a row fails the type check. */
export const PROBLEMS = {
  INVALID_REQUEST: {
    status: 400,
    title: "The request is not valid",
    remedy: "Correct the fields that `errors[]` names (path and reason).",
  },
  INVALID_JSON: {
    status: 400,
    title: "The body is not JSON",
    remedy: "Send one JSON object in UTF-8, nested no deeper than 16 levels.",
  },
  INVALID_INPUT: {
    status: 400,
    title: "A value breaks a rule",
    remedy: "Read `detail`; it names the rule and the bound.",
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
    title: "Seats of several performances",
    remedy: "Make one reservation for each performance.",
  },
  MALFORMED_HTTP: {
    status: 400,
    title: "The request is not HTTP",
    remedy: "The server could not read the request line or the headers; check the client.",
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: "The expectation cannot be met",
    remedy: "Send `Expect: 100-continue` or no `Expect` at all.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: "The request did not arrive in time",
    remedy: "Send headers and body without a pause.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: "The body is too large",
    remedy: "A body holds at most 64 KiB.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: "The body's type is not supported",
    remedy: "Send `Content-Type: application/json` in UTF-8.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: "The headers are too large",
    remedy: "Send fewer or shorter headers; 16 KiB in all.",
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: "There is no such path",
    remedy: "See /openapi.json for the paths.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: "The path does not know this method",
    remedy: "The `Allow` header names the methods.",
  },

  // Who is calling.
  AUTHENTICATION_REQUIRED: {
    status: 401,
    title: "A token is needed",
    remedy: "Send `Authorization: Bearer <access token or queue token>`.",
  },
  ACCESS_TOKEN_INVALID: {
    status: 401,
    title: "The access token is not valid",
    remedy: "It is expired, altered, or not from the configured issuer; get a new one.",
  },
  QUEUE_TOKEN_REQUIRED: {
    status: 401,
    title: "A queue token is needed",
    remedy: "Join the queue and send its token as `Authorization: Bearer <queue token>`.",
  },
  QUEUE_TOKEN_INVALID: {
    status: 401,
    title: "The queue token is not valid",
    remedy: "It is altered or of an earlier sale; join the queue again.",
  },
  FOREIGN_USER: {
    status: 403,
    title: "Not your account",
    remedy: "`userId` must be the caller's own, or left out.",
  },
  USER_NOT_FOUND: {
    status: 404,
    title: "There is no such user",
    remedy: "Only your own user can be read.",
  },
  AUTH_KEYS_UNAVAILABLE: {
    status: 503,
    title: "Access tokens cannot be verified now",
    remedy: "The issuer's keys could not be fetched; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },

  // The waiting room.
  QUEUE_TOKEN_NOT_ACTIVE: {
    status: 403,
    title: "You are not admitted yet",
    remedy: "Ask for the status after `Retry-After` until it is ACTIVE; keep the token.",
    retryAfterSeconds: 1,
  },
  QUEUE_TOKEN_WRONG_QUEUE: {
    status: 403,
    title: "The token is of another queue",
    remedy: "Join the queue that `queueId` names.",
  },
  QUEUE_TOKEN_EXPIRED: {
    status: 410,
    title: "The place in the queue is over",
    remedy: "It was used up, given up, or expired; join again.",
  },
  QUEUE_PLACE_NOT_FOUND: {
    status: 404,
    title: "No place in this queue",
    remedy: "Join the queue first.",
  },
  QUEUE_NOT_FOUND: {
    status: 404,
    title: "There is no such queue",
    remedy: "Use the concert's queue; the default is `main`.",
  },
  QUEUE_CLOSED: {
    status: 409,
    title: "The queue takes nobody new",
    remedy: "The operator stopped intake; try again after `Retry-After`.",
    retryAfterSeconds: 10,
  },

  ...SEAT_PROBLEMS,

  // Points and payments.
  INSUFFICIENT_POINTS: {
    status: 422,
    title: "Not enough points",
    remedy: "Charge at least `required` − `balance` points and pay again.",
  },
  BALANCE_LIMIT: {
    status: 422,
    title: "The balance would pass its limit",
    remedy: "Spend points before charging more.",
  },
  PAYMENT_NOT_FOUND: {
    status: 404,
    title: "There is no such payment",
    remedy: "Use the `paymentId` of the payment's answer.",
  },
  PAYMENT_NOT_YOURS: {
    status: 403,
    title: "The payment is another buyer's",
    remedy: "Only your own payments can be refunded.",
  },
  PAYMENT_ALREADY_REFUNDED: {
    status: 409,
    title: "The payment was refunded before",
    remedy: "Nothing is left to do.",
  },

  // Repeating a request.
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: "The Idempotency-Key was used with another body",
    remedy: "Make a new key for each new request.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: "The first request with this key still runs",
    remedy: "Repeat the same request after `Retry-After` for its answer.",
    retryAfterSeconds: 1,
  },

  // Limits and trouble.
  RATE_LIMITED: {
    status: 429,
    title: "Too many requests",
    remedy: "Wait for `Retry-After`.",
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
    title: "Too much work at once",
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
    title: "A server that is needed does not answer",
    remedy: "Nothing was done; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: "The outcome is not known",
    remedy: "Repeat the request with the same Idempotency-Key to learn it.",
    retryAfterSeconds: 1,
  },
  TRANSACTION_CONTENDED: {
    status: 503,
    title: "Too many others changed the same rows",
    remedy: "Nothing was done; try again after `Retry-After`.",
    retryAfterSeconds: 1,
  },
  INTERNAL_ERROR: {
    status: 500,
    title: "A mistake on our side",
    remedy: "Report the `requestId`; the log tells more than the answer.",
  },
} as const satisfies Record<ApiErrorCode | CoreErrorCode, Problem>;
