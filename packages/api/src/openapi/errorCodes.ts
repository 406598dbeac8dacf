import type { AccessKind } from "../auth/access.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { ErrorCode } from "../problems/problems.ts";

/** The error codes that every endpoint can answer. */
const COMMON: readonly ErrorCode[] = [
  "INVALID_REQUEST",
  "RATE_LIMITED",
  "TOO_MANY_OPEN_REQUESTS",
  "OVERLOADED",
  "DEADLINE_EXCEEDED",
  "DEPENDENCY_UNAVAILABLE",
];

const BY_ACCESS: Readonly<Record<AccessKind, readonly ErrorCode[]>> = {
  none: [],
  user: [
    "AUTHENTICATION_REQUIRED",
    "ACCESS_TOKEN_INVALID",
    "TOKEN_KIND_WRONG",
    "QUEUE_TOKEN_EXPIRED",
    "AUTH_KEYS_UNAVAILABLE",
  ],
  "user-or-queue-token": [
    "AUTHENTICATION_REQUIRED",
    "ACCESS_TOKEN_INVALID",
    "TOKEN_KIND_WRONG",
    "QUEUE_TOKEN_EXPIRED",
    "AUTH_KEYS_UNAVAILABLE",
  ],
  admin: [
    "AUTHENTICATION_REQUIRED",
    "ADMIN_TOKEN_INVALID",
    "TOKEN_KIND_WRONG",
    "ADMIN_ROLE_FORBIDDEN",
  ],
  "queue-token": [
    "QUEUE_TOKEN_REQUIRED",
    "QUEUE_TOKEN_INVALID",
    "TOKEN_KIND_WRONG",
    "QUEUE_TOKEN_EXPIRED",
  ],
  "active-queue-token": [
    "QUEUE_TOKEN_REQUIRED",
    "QUEUE_TOKEN_INVALID",
    "TOKEN_KIND_WRONG",
    "QUEUE_TOKEN_NOT_ACTIVE",
    "QUEUE_TOKEN_EXPIRED",
  ],
};

const BODY: readonly ErrorCode[] = [
  "INVALID_JSON",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "REQUEST_TIMEOUT",
];
const WRITE: readonly ErrorCode[] = ["OUTCOME_UNKNOWN", "TRANSACTION_CONTENDED"];
const IDEMPOTENT: readonly ErrorCode[] = [
  "IDEMPOTENCY_KEY_INVALID",
  "IDEMPOTENCY_IN_PROGRESS",
  "IDEMPOTENCY_KEY_REUSED",
];

/** Returns every error code that an endpoint can answer. */
export function errorCodesOf(endpoint: Endpoint): readonly ErrorCode[] {
  const reads = endpoint.method === "get";
  const codes: readonly ErrorCode[] = [
    ...endpoint.errors,
    ...BY_ACCESS[endpoint.access],
    ...(namesUser(endpoint)
      ? ([reads ? "USER_NOT_FOUND" : "FOREIGN_USER"] satisfies ErrorCode[])
      : []),
    ...(endpoint.readsBody ? BODY : []),
    ...(endpoint.idempotent ? IDEMPOTENT : []),
    ...(reads ? [] : WRITE),
    ...COMMON,
  ];
  return [...new Set(codes)];
}

/** Returns true when the path or the body of an endpoint can contain the id of a user. */
export function namesUser({ schemas }: Endpoint): boolean {
  return [schemas.params, schemas.body].some((schema) => {
    const shape: unknown = "shape" in schema ? schema.shape : undefined;
    return typeof shape === "object" && shape !== null && "userId" in shape;
  });
}
