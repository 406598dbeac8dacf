/** Facts about a failure that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A refusal or a failure of core. Each case is its own class with a literal code. The API maps the
 * codes to HTTP statuses in one table; core does not know HTTP.
 */
export abstract class CoreError extends Error {
  /** Stable name in UPPER_SNAKE case; part of the public contract. */
  abstract readonly code: string;
  /** True when the same call may succeed later without any change by the caller. */
  readonly retryable: boolean = false;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** The servers that core needs. */
export type Dependency = "mysql" | "redis" | "kafka";

/** A server does not answer in time. Core did nothing, or nothing that it acknowledged. */
export class DependencyUnavailableError extends CoreError {
  readonly code = "DEPENDENCY_UNAVAILABLE";
  override readonly retryable = true;
  constructor(dependency: Dependency, options?: ErrorOptions) {
    super(`${dependency} does not answer; try again shortly`, { dependency }, options);
  }
}

/**
 * The connection was lost at COMMIT, and the database does not answer the question whether it
 * committed. When the caller repeats the request with the same idempotency key, the answer is the
 * outcome that the database has.
 */
export class OutcomeUnknownError extends CoreError {
  readonly code = "OUTCOME_UNKNOWN";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super(
      "The database stopped answering while it committed; repeat the request to learn the outcome",
      {},
      options,
    );
  }
}

/** Other transactions won too often; expected only under extreme contention. */
export class TransactionContendedError extends CoreError {
  readonly code = "TRANSACTION_CONTENDED";
  override readonly retryable = true;
  constructor(attempts: number, options?: ErrorOptions) {
    super("Too many transactions changed the same rows; try again", { attempts }, options);
  }
}

/** This process has as much work as it accepts. It refused the call before it did anything. */
export class OverloadedError extends CoreError {
  readonly code = "OVERLOADED";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super("The service has too many requests at the moment; try again shortly", {}, options);
  }
}

/** A value of the caller breaks a rule that the schema of the request does not check. */
export class InvalidInputError extends CoreError {
  readonly code = "INVALID_INPUT";
}
