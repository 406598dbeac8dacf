import { CoreError } from "@onsale/core";
import { MethodNotAllowedError } from "../errors.ts";
import { problemOf } from "../problemOf.ts";
import type { ErrorCode } from "../problems.ts";
import { problemBody } from "./problemBody.ts";
import type { EndpointAnswer } from "./runEndpoint.ts";

/** The answer to a request that failed: problem+json with the status of the error's code. */
export interface ProblemAnswer extends EndpointAnswer {
  readonly code: ErrorCode;
}

/** An error that is not a CoreError becomes INTERNAL_ERROR, and its message stays inside. */
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

/** Whole seconds, at least one, so that no client comes back at once. */
function retryAfterOf(error: unknown, usual: number | undefined): number | undefined {
  if (usual === undefined || !(error instanceof CoreError)) return usual;
  const waitMs = error.details.retryAfterMs ?? error.details.pollAfterMs;
  return typeof waitMs === "number" ? Math.max(1, Math.ceil(waitMs / 1000)) : usual;
}
