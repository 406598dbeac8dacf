import type { components } from "../generated/api.ts";

/** The body of a refusal (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** Every code of a refusal that the API document lists. */
export type ProblemCode = components["schemas"]["ProblemCode"];

/** The API refused the request. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  /** Decides about the next step. A newer server may send a code that the type does not list. */
  readonly code: ProblemCode;
  /** The whole body. Some codes have further fields, such as `required` and `balance`. */
  readonly problem: Problem;
  /** The pause that the server asks for, in milliseconds; undefined when waiting does not help. */
  readonly retryAfterMs: number | undefined;
  /** Leads to the request in the log of the server. */
  readonly requestId: string;

  constructor(problem: Problem, retryAfterMs: number | undefined) {
    super(`${problem.code}: ${problem.detail}`);
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
    this.requestId = problem.requestId;
  }
}

/**
 * The request got no answer: the connection failed, or the time for the answer was over. It may
 * have taken effect. The same call with this `idempotencyKey` returns the outcome.
 */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  /** The key of the request; undefined for an operation without keys. */
  readonly idempotencyKey: string | undefined;

  constructor(request: string, idempotencyKey: string | undefined, options: ErrorOptions) {
    super(`${request} got no answer; it may have taken effect`, options);
    this.idempotencyKey = idempotencyKey;
  }
}

/** The answer is not one of the API: a proxy answered, or the base URL names another server. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(request: string, status: number, retryAfterMs: number | undefined) {
    super(`${request} got an answer with status ${status} that is not one of the API`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Returns true for a refusal with one of these codes; without codes, for every refusal. */
export function isProblem<C extends ProblemCode = ProblemCode>(
  error: unknown,
  ...codes: readonly C[]
): error is ProblemError & { readonly code: C } {
  if (!(error instanceof ProblemError)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}
