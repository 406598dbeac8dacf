import { checkAdmissionsKeepOrder } from "./admissionsKeepOrder.ts";
import { checkAdmissionsWithinLimits } from "./admissionsWithinLimits.ts";
import { checkAnswersAreTrue } from "./answersAreTrue.ts";
import { checkBalanceIsLedger } from "./balanceIsLedger.ts";
import type { CheckContext, Checker } from "./checker.ts";
import { checkHoldsEndInTime } from "./holdsEndInTime.ts";
import { checkMessagesLeaveInOrder } from "./messagesLeaveInOrder.ts";
import { checkPaymentsMatchLedger } from "./paymentsMatchLedger.ts";
import { checkSeatHasOneLiveReservation } from "./seatHasOneLiveReservation.ts";
import { checkSoldSeatsArePaid } from "./soldSeatsArePaid.ts";
import { checkTransitionsHaveOneMessage } from "./transitionsHaveOneMessage.ts";

export type InvariantId = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I9" | "I10";

export interface Invariant {
  readonly id: InvariantId;
  /** The invariant as a sentence. */
  readonly title: string;
  /** Creates the checker that finds violations of the invariant. */
  readonly checker: (context: CheckContext) => Checker;
}

/** All invariants. Tests, the simulator and `onsale doctor` check this list. */
export const INVARIANTS: readonly Invariant[] = [
  {
    id: "I1",
    title: "a seat has at most one live reservation",
    checker: checkSeatHasOneLiveReservation,
  },
  {
    id: "I2",
    title: "sold seats = seats of confirmed reservations = seats of captured payments",
    checker: checkSoldSeatsArePaid,
  },
  {
    id: "I3",
    title: "a balance is the sum of its ledger entries and never below zero",
    checker: checkBalanceIsLedger,
  },
  {
    id: "I4",
    title: "spent minus refunded is the sum of confirmed prices, over all payments",
    checker: checkPaymentsMatchLedger,
  },
  {
    id: "I5",
    title: "every transition has one outbox message, published at least once, applied once",
    checker: checkTransitionsHaveOneMessage,
  },
  {
    id: "I6",
    title: "messages of one aggregate are published in version order",
    checker: checkMessagesLeaveInOrder,
  },
  {
    id: "I7",
    title: "active buyers stay within the active count max, admissions within the rate",
    checker: checkAdmissionsWithinLimits,
  },
  {
    id: "I8",
    title: "no buyer is promoted before a buyer with a lower sequence in the same queue",
    checker: checkAdmissionsKeepOrder,
  },
  {
    id: "I9",
    title: "an expired hold is not confirmed, and its seat is soon for sale again",
    checker: checkHoldsEndInTime,
  },
  {
    id: "I10",
    title: "the answers that clients received agree with the database",
    checker: checkAnswersAreTrue,
  },
];
