import type { BuyerEnd } from "./buyerSession.ts";
import type { ConsistencyWatch } from "./consistencyWatch.ts";

/** A check of the end that failed. */
export interface EndViolation {
  /** An invariant that does not hold in the end, or one of the names below. */
  readonly check: string;
  readonly message: string;
}

/** The sentence of each check that is not an invariant. */
export const END_CHECKS = {
  liveness: "after the last fault every payment has an end",
  effects: "each message between the services is applied",
  answers: "the last answer to a buyer is what the databases say",
  errors: "no request, message or loop failed for a reason that no fault explains",
} as const;

/** A message between the services, as its outbox has it. */
export interface SentMessage {
  readonly messageId: string;
  readonly type: string;
  readonly status: string;
}

/** The facts of a run that has ended. */
export interface EndedRun {
  readonly watch: Pick<ConsistencyWatch, "lasting">;
  /** Sentences about unfinished work. */
  readonly unfinished: readonly string[];
  /** The outbox messages of each service, and the ids that the other service has applied. */
  readonly sent: {
    readonly byReservations: readonly SentMessage[];
    readonly byPayments: readonly SentMessage[];
  };
  readonly applied: {
    readonly atReservations: ReadonlySet<string>;
    readonly atPayments: ReadonlySet<string>;
  };
  readonly lastAnswers: readonly BuyerEnd[];
  /** The rows of each reservation that a buyer tried to pay. */
  readonly truths: ReadonlyMap<number, Truth>;
  readonly errors: readonly string[];
}

export interface Truth {
  readonly reservationStatus: string;
  /** Points spent minus points refunded for the reservation. */
  readonly spent: number;
  readonly amount: number;
}

/** The messages that the payment service applies. */
const REQUEST_TYPES = ["payment.requested", "refund.requested"];
/** The messages that the reservation service applies. */
const ANSWER_TYPES = ["payment.captured", "payment.refused", "payment.refunded"];

/** Judges a run after its last fault: what must hold in the end. */
export function endViolations(run: EndedRun): readonly EndViolation[] {
  const { watch, unfinished, errors, sent, applied } = run;
  return [
    ...watch.lasting.map(({ invariant, message, subject = "all rows" }) => ({
      check: invariant,
      message: `${message} (${subject})`,
    })),
    ...unfinished.map((message) => ({ check: "liveness", message })),
    ...unapplied(sent.byReservations, REQUEST_TYPES, applied.atPayments),
    ...unapplied(sent.byPayments, ANSWER_TYPES, applied.atReservations),
    ...run.lastAnswers.flatMap((end) => untrue(end, run.truths.get(end.reservationId))),
    ...errors.map((message) => ({ check: "errors", message })),
  ];
}

function unapplied(
  sent: readonly SentMessage[],
  types: readonly string[],
  applied: ReadonlySet<string>,
): readonly EndViolation[] {
  return sent
    .filter(({ type, messageId }) => types.includes(type) && !applied.has(messageId))
    .map(({ type, messageId }) => ({
      check: "effects",
      message: `${type} ${messageId} was not applied`,
    }));
}

function untrue({ state, reservationId }: BuyerEnd, truth: Truth | undefined): EndViolation[] {
  if (!truth) return [];
  const { reservationStatus, spent, amount } = truth;
  const isPaid = state === "CONFIRMED";
  if (isPaid === (reservationStatus === "CONFIRMED") && spent === (isPaid ? amount : 0)) return [];
  const message =
    `the buyer of reservation ${reservationId} got the answer ${state}; ` +
    `it is ${reservationStatus}, and ${spent} of ${amount} points are spent`;
  return [{ check: "answers", message }];
}
