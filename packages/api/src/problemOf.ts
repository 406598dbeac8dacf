import type { Problem } from "./problem.ts";
import { type ErrorCode, PROBLEMS } from "./problems.ts";

/** The row of a code; INTERNAL_ERROR's for a code that has none. */
export function problemOf(code: string): Problem & { readonly code: ErrorCode } {
  const known = isErrorCode(code) ? code : "INTERNAL_ERROR";
  return { ...PROBLEMS[known], code: known };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(PROBLEMS, code);
}
