import { CoreError } from "@onsale/core";
import type { EndpointAnswer } from "../http/endpointAnswer.ts";
import { MethodNotAllowedError } from "./errors.ts";
import type { Problem } from "./problem.ts";
import { type ErrorCode, PROBLEMS } from "./problems.ts";

/** The answer to a failed request: problem+json with the status of the error's code. */
export interface ProblemAnswer extends EndpointAnswer {
  readonly code: ErrorCode;
}

/**
 * Makes the answer for an error. An error that is not a CoreError becomes INTERNAL_ERROR, and the
 * client does not see its message.
 */
export function problemAnswer(error: unknown, requestId: string): ProblemAnswer {
  const body = problemBody(error, requestId);
  const { code, status, retryAfterSeconds } = problemOf(body.code);
  const headers: Record<string, string> = { "Cache-Control": "no-store" };
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  if (error instanceof MethodNotAllowedError) headers.Allow = error.allow;
  const retryAfter = retryAfterOf(error, retryAfterSeconds);
  if (retryAfter !== undefined) headers["Retry-After"] = String(retryAfter);
  headers["Content-Type"] = "application/problem+json";
  return { code, status, headers, body: JSON.stringify(body) };
}

/** Rounds up to whole seconds, at least one, so that no client repeats its request immediately. */
function retryAfterOf(error: unknown, usual: number | undefined): number | undefined {
  if (usual === undefined || !(error instanceof CoreError)) return usual;
  const waitMs = error.details.retryAfterMs ?? error.details.pollAfterMs;
  return typeof waitMs === "number" ? Math.max(1, Math.ceil(waitMs / 1000)) : usual;
}

/** The body of an error answer (RFC 9457), with a stable code. */
export interface ProblemBody {
  readonly [extension: string]: unknown;
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
}

const INTERNAL_DETAIL =
  "The server failed because of a bug; report the requestId, which leads to the entry in its log";

/** Makes the body for an error. The body never contains the message of an unknown error. */
export function problemBody(error: unknown, requestId: string): ProblemBody {
  const known = problemOf(error instanceof CoreError ? error.code : "INTERNAL_ERROR");
  const shown = error instanceof CoreError && known.code === error.code ? error : undefined;
  return {
    ...shown?.details,
    type: `/docs#${known.code}`,
    title: known.title,
    status: known.status,
    detail: shown?.message ?? INTERNAL_DETAIL,
    code: known.code,
    requestId,
  };
}

/** Returns the row of a code. A code without a row gets the row of INTERNAL_ERROR. */
export function problemOf(code: string): Problem & { readonly code: ErrorCode } {
  const known = isErrorCode(code) ? code : "INTERNAL_ERROR";
  return { ...PROBLEMS[known], code: known };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(PROBLEMS, code);
}
