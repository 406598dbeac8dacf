import { CoreError } from "../shared/errors.ts";

/** The payment does not exist. */
export class PaymentNotFoundError extends CoreError {
  readonly code = "PAYMENT_NOT_FOUND";
  constructor(paymentId: number) {
    super("The payment does not exist", { paymentId });
  }
}

/** The payment belongs to another buyer. */
export class PaymentNotYoursError extends CoreError {
  readonly code = "PAYMENT_NOT_YOURS";
  constructor(paymentId: number) {
    super("The payment belongs to another buyer", { paymentId });
  }
}

/** The payment has already been refunded. */
export class PaymentAlreadyRefundedError extends CoreError {
  readonly code = "PAYMENT_ALREADY_REFUNDED";
  constructor(paymentId: number) {
    super("The payment has been refunded", { paymentId });
  }
}
