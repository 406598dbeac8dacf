import { CoreError } from "../shared/errors.ts";

/** The idempotency key was used for another request. */
export class IdempotencyMismatchError extends CoreError {
  readonly code = "IDEMPOTENCY_KEY_REUSED";
  constructor() {
    super("This Idempotency-Key was used with another body; make a new key for a new request");
  }
}

/** The first request with this idempotency key still runs. */
export class IdempotencyInProgressError extends CoreError {
  readonly code = "IDEMPOTENCY_IN_PROGRESS";
  override readonly retryable = true;
  constructor() {
    super("The first request with this Idempotency-Key is still running; repeat it shortly");
  }
}
