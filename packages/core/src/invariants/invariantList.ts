import { INVARIANT_TITLES, type InvariantId } from "../shared/invariantTitles.ts";
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
    title: INVARIANT_TITLES.I1,
    checker: checkSeatHasOneLiveReservation,
  },
  {
    id: "I2",
    title: INVARIANT_TITLES.I2,
    checker: checkSoldSeatsArePaid,
  },
  {
    id: "I3",
    title: INVARIANT_TITLES.I3,
    checker: checkBalanceIsLedger,
  },
  {
    id: "I4",
    title: INVARIANT_TITLES.I4,
    checker: checkPaymentsMatchLedger,
  },
  {
    id: "I5",
    title: INVARIANT_TITLES.I5,
    checker: checkTransitionsHaveOneMessage,
  },
  {
    id: "I6",
    title: INVARIANT_TITLES.I6,
    checker: checkMessagesLeaveInOrder,
  },
  {
    id: "I7",
    title: INVARIANT_TITLES.I7,
    checker: checkAdmissionsWithinLimits,
  },
  {
    id: "I8",
    title: INVARIANT_TITLES.I8,
    checker: checkAdmissionsKeepOrder,
  },
  {
    id: "I9",
    title: INVARIANT_TITLES.I9,
    checker: checkHoldsEndInTime,
  },
  {
    id: "I10",
    title: INVARIANT_TITLES.I10,
    checker: checkAnswersAreTrue,
  },
];
