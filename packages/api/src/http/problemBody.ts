import { CoreError } from "@onsale/core";
import { problemOf } from "../problemOf.ts";
import type { ErrorCode } from "../problems.ts";

/** The body of a refusal: RFC 9457, with our stable code. */
export interface ProblemBody {
  readonly [extension: string]: unknown;
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
}

const INTERNAL_DETAIL = "Something went wrong on our side; the requestId finds it in the log";

/** The body for an error; an unknown error's own words stay inside. */
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
