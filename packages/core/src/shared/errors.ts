/** Facts about a failure that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The base class of the errors that core throws, refusals and failures. Each case has its own class
 * with a literal code. The API maps the codes to HTTP statuses in one table; core does not know
 * HTTP. These errors have no stack trace; a bug is never one of them.
 */
export abstract class CoreError extends Error {
  /** Stable name in UPPER_SNAKE case. It is part of the public contract. */
  abstract readonly code: string;
  /** True when the same call may succeed later, although the caller changes nothing. */
  readonly retryable: boolean = false;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    // A refusal is an answer to the caller. Its code says what happened, so the trace would only
    // cost time: on a contested seat, more than the refusal itself.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = new.target.name;
    this.details = details;
  }
}

/** The servers that core needs. */
export type Dependency = "mysql" | "redis" | "kafka";

/**
 * A server does not answer in time. The call had no effect, or none that core has confirmed to the
 * caller.
 */
export class DependencyUnavailableError extends CoreError {
  readonly code = "DEPENDENCY_UNAVAILABLE";
  override readonly retryable = true;
  constructor(dependency: Dependency, options?: ErrorOptions) {
    super(`${dependency} does not answer; try again shortly`, { dependency }, options);
  }
}

/**
 * The connection was lost at COMMIT, and the database does not answer the query whether the
 * transaction was committed. The caller should repeat the request with the same idempotency key:
 * the answer then shows the outcome.
 */
export class OutcomeUnknownError extends CoreError {
  readonly code = "OUTCOME_UNKNOWN";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super(
      "The database stopped answering during COMMIT; repeat the request to learn the outcome",
      {},
      options,
    );
  }
}

/**
 * Other transactions won every conflict, and the restarts are used up. Expected only under extreme
 * contention.
 */
export class TransactionContendedError extends CoreError {
  readonly code = "TRANSACTION_CONTENDED";
  override readonly retryable = true;
  constructor(attempts: number, options?: ErrorOptions) {
    super("Too many transactions changed the same rows; try again", { attempts }, options);
  }
}

/** This process has as much work as it accepts. It refused the call before it started any work. */
export class OverloadedError extends CoreError {
  readonly code = "OVERLOADED";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super("The service has too many requests at the moment; try again shortly", {}, options);
  }
}

/** A value of the input breaks a rule that the schema of the request cannot check. */
export class InvalidInputError extends CoreError {
  readonly code = "INVALID_INPUT";
}

/** The account changed during every attempt to read it, so its rows are not of one moment. */
export class AccountBusyError extends CoreError {
  readonly code = "ACCOUNT_BUSY";
  override readonly retryable = true;
  constructor(userId: number) {
    super("The points of this user change at this moment; try again", { userId });
  }
}
