import type { components } from "../generated/api.ts";

/** The body of a refusal (RFC 9457). */
export type Problem = components["schemas"]["Problem"];

/** Every code of a refusal that the API document lists. */
export type ProblemCode = components["schemas"]["ProblemCode"];

/*
 * Every error of a call has the key of its request, also a generated one: an earlier attempt may
 * have taken effect without an answer, whatever the last attempt got.
 */

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
  /** The key of the request; undefined for an operation without keys. */
  readonly idempotencyKey: string | undefined;

  constructor(
    problem: Problem,
    retryAfterMs: number | undefined,
    idempotencyKey: string | undefined,
  ) {
    super(`${problem.code}: ${problem.detail}`);
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
    this.requestId = problem.requestId;
    this.idempotencyKey = idempotencyKey;
  }
}

/**
 * The request got no answer: the connection failed, or the time for the answer was over. It may
 * have taken effect. The same call with this `idempotencyKey` returns the outcome.
 */
export class NoAnswerError extends Error {
  override readonly name: string = "NoAnswerError";
  /** The key of the request; undefined for an operation without keys. */
  readonly idempotencyKey: string | undefined;

  constructor(
    request: string,
    idempotencyKey: string | undefined,
    { outcome = "got no answer", cause }: { readonly outcome?: string; readonly cause: unknown },
  ) {
    super(`${request} ${outcome}; it may have taken effect`, { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** `timeoutMs` was over. `cause` is the error of the attempt before; undefined without one. */
export class CallTimeoutError extends NoAnswerError {
  override readonly name = "TimeoutError";
}

/** The answer is not one of the API: a proxy answered, or the base URL names another server. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** The key of the request; undefined for an operation without keys. */
  readonly idempotencyKey: string | undefined;

  constructor(
    request: string,
    status: number,
    { retryAfterMs, idempotencyKey }: Partial<Pick<ProblemError, AnswerField>> = {},
  ) {
    super(`${request} got an answer with status ${status} that is not one of the API`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.idempotencyKey = idempotencyKey;
  }
}

type AnswerField = "retryAfterMs" | "idempotencyKey";

/** Returns true for a refusal with one of these codes; without codes, for every refusal. */
export function isProblem<C extends ProblemCode = ProblemCode>(
  error: unknown,
  ...codes: readonly C[]
): error is ProblemError & { readonly code: C } {
  if (!(error instanceof ProblemError)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}
