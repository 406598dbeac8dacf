/** The receiver answered, and did not accept the notification. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** True when the receiver cannot accept any notification at the moment. */
  readonly isOutage: boolean;
  /** The pause that the receiver asks for, ms; undefined when it asks for none. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { isOutage, retryAfterMs }: Pick<DeliveryError, "isOutage" | "retryAfterMs">,
  ) {
    super(message);
    this.isOutage = isOutage;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nothing was sent, because the receiver failed several times and is given a pause. */
export class ReceiverPausedError extends Error {
  override readonly name = "ReceiverPausedError";
  constructor(options?: ErrorOptions) {
    super("The receiver failed several times and is given a pause", options);
  }
}
