import { CoreError } from "../shared/errors.ts";

/** The token was not signed here, was altered, or is of another epoch. */
export class InvalidQueueTokenError extends CoreError {
  readonly code = "QUEUE_TOKEN_INVALID";
  constructor() {
    super("The queue token is not valid; join the queue for a new one");
  }
}

/** The buyer with this token is still waiting. */
export class QueueTokenNotActiveError extends CoreError {
  readonly code = "QUEUE_TOKEN_NOT_ACTIVE";
  override readonly retryable = true;
  constructor(details: { position?: number; pollAfterMs: number }) {
    super("You are not admitted yet; poll your position until the status is ACTIVE", details);
  }
}

/** The place has ended: its buyer paid or left, or its time is up. */
export class QueueTokenExpiredError extends CoreError {
  readonly code = "QUEUE_TOKEN_EXPIRED";
  constructor() {
    super("This place in the queue has ended; join again");
  }
}

/** The token belongs to another concert's waiting room. */
export class WrongQueueError extends CoreError {
  readonly code = "QUEUE_TOKEN_WRONG_QUEUE";
  /** @param queueId the waiting room of the concert */
  constructor(queueId: string) {
    super(
      `The waiting room of this concert is "${queueId}", and the token is of another one; join ` +
        `it by POST /queue/tokens with the queueId "${queueId}"`,
      { queueId },
    );
  }
}

/** The user has no place in this queue. */
export class NotInQueueError extends CoreError {
  readonly code = "QUEUE_PLACE_NOT_FOUND";
  constructor(queueId: string) {
    super("This user has no place in this queue; join first", { queueId });
  }
}

/** The queue accepts no joins, because an operator set it to draining. */
export class QueueClosedError extends CoreError {
  readonly code = "QUEUE_CLOSED";
  override readonly retryable = true;
  constructor(queueId: string) {
    super("The queue accepts no new buyers at the moment; try again later", { queueId });
  }
}

/** The queue does not exist. */
export class QueueNotFoundError extends CoreError {
  readonly code = "QUEUE_NOT_FOUND";
  constructor(queueId: string) {
    super("The queue does not exist", { queueId });
  }
}
