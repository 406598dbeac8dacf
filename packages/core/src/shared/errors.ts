/** Facts about a failure that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * What core refuses or cannot do. Each case is a class of its own with a literal code; the API maps
 * codes to HTTP statuses in one table, so nothing here knows about HTTP.
 */
export abstract class CoreError extends Error {
  /** Stable, UPPER_SNAKE; part of the public contract. */
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

/** The servers that core leans on. */
export type Dependency = "mysql" | "redis" | "kafka";

/** A server does not answer in time; nothing was done, or nothing that was acknowledged. */
export class DependencyUnavailableError extends CoreError {
  readonly code = "DEPENDENCY_UNAVAILABLE";
  override readonly retryable = true;
  constructor(dependency: Dependency, options?: ErrorOptions) {
    super(`${dependency} does not answer; try again shortly`, { dependency }, options);
  }
}

/**
 * The connection was lost at COMMIT and the database could not be asked what became of it.
 * Retry with the same idempotency key: the answer then is what the database says.
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

/** A transaction lost against others too often; expected only under extreme contention. */
export class TransactionContendedError extends CoreError {
  readonly code = "TRANSACTION_CONTENDED";
  override readonly retryable = true;
  constructor(attempts: number, options?: ErrorOptions) {
    super("Too many others changed the same rows; try again", { attempts }, options);
  }
}

/** More work is under way than this process takes on; it was refused before anything was done. */
export class OverloadedError extends CoreError {
  readonly code = "OVERLOADED";
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super("Too much is under way at the moment; try again shortly", {}, options);
  }
}

/** A value from the outside breaks a rule that no schema could see. */
export class InvalidInputError extends CoreError {
  readonly code = "INVALID_INPUT";
}
