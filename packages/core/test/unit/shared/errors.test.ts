import { expect } from "chai";
import * as catalog from "../../../src/catalog/errors.ts";
import * as idempotency from "../../../src/idempotency/errors.ts";
import * as payment from "../../../src/payment/errors.ts";
import * as point from "../../../src/point/errors.ts";
import * as queue from "../../../src/queue/errors.ts";
import * as reservation from "../../../src/reservation/errors.ts";
import {
  CoreError,
  DependencyUnavailableError,
  InvalidInputError,
  OutcomeUnknownError,
  TransactionContendedError,
} from "../../../src/shared/errors.ts";

const ERRORS: readonly CoreError[] = [
  new DependencyUnavailableError("mysql"),
  new InvalidInputError("An amount must be a whole number"),
  new OutcomeUnknownError(),
  new TransactionContendedError(3),
  new catalog.ConcertNotFoundError(1),
  new catalog.PerformanceNotFoundError(1),
  new idempotency.IdempotencyMismatchError(),
  new idempotency.IdempotencyInProgressError(),
  new payment.PaymentNotFoundError(1),
  new payment.PaymentNotYoursError(1),
  new payment.PaymentAlreadyRefundedError(1),
  new point.InsufficientPointsError(10, 5),
  new point.BalanceLimitError(100),
  new queue.InvalidQueueTokenError(),
  new queue.QueueTokenNotActiveError({ pollAfterMs: 500 }),
  new queue.QueueTokenExpiredError(),
  new queue.WrongQueueError("main"),
  new queue.NotInQueueError("main"),
  new queue.QueueClosedError("main"),
  new queue.QueueNotFoundError("main"),
  new reservation.SeatNotFoundError([1]),
  new reservation.SeatAlreadyHeldError([1]),
  new reservation.SeatAlreadySoldError([1]),
  new reservation.SeatsOfSeveralPerformancesError([1, 2]),
  new reservation.SeatContendedError([1]),
  new reservation.SeatCountError(4, 5),
  new reservation.PerformanceStartedError(1),
  new reservation.ReservationNotFoundError(1),
  new reservation.ReservationNotYoursError(1),
  new reservation.HoldExpiredError(1),
  new reservation.ReservationStateError(1, "CANCELLED"),
];

const RETRYABLE = new Set([
  "DEPENDENCY_UNAVAILABLE",
  "OUTCOME_UNKNOWN",
  "TRANSACTION_CONTENDED",
  "IDEMPOTENCY_IN_PROGRESS",
  "QUEUE_TOKEN_NOT_ACTIVE",
  "QUEUE_CLOSED",
  "SEAT_CONTENDED",
]);

describe("core's errors", () => {
  it("have different codes in UPPER_SNAKE case", () => {
    const codes = ERRORS.map((error) => error.code);
    for (const code of codes) expect(code).to.match(/^[A-Z]+(_[A-Z]+)*$/);
    expect(new Set(codes).size).to.equal(codes.length);
  });

  for (const error of ERRORS) {
    it(`${error.code} says whether a retry can help, and is named after its class`, () => {
      expect(error.retryable).to.equal(RETRYABLE.has(error.code));
      expect(error.name).to.equal(error.constructor.name);
      expect(error).to.be.instanceOf(CoreError);
      expect(error.message).to.have.length.above(10);
    });
  }

  it("have the details that the caller needs to continue", () => {
    expect(new point.InsufficientPointsError(10, 5).details).to.deep.equal({
      required: 10,
      balance: 5,
    });
    expect(new reservation.SeatAlreadyHeldError([3]).details).to.deep.equal({ seatIds: [3] });
  });

  it("have no stack trace, and leave the traces of other errors as they are", () => {
    const limit = Error.stackTraceLimit;
    const refusal = new InvalidInputError("An amount must be a whole number");
    expect(refusal.stack?.split("\n")).to.have.length(1);
    expect(Error.stackTraceLimit).to.equal(limit);
    expect(new Error("a bug").stack).to.include("errors.test.ts");
  });

  it("keep the trace of an unexpected cause", () => {
    const refusal = new DependencyUnavailableError("redis", { cause: new Error("no socket") });
    expect(refusal.cause).to.have.property("stack").that.includes("errors.test.ts");
  });
});
