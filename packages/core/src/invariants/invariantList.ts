import type { Acknowledgements, Evidence, EvidenceStore } from "../ports/evidenceStore.ts";

/** What the questions need to know besides the data. */
export interface InvariantInputs {
  /** What clients say that they were told. */
  readonly acknowledged: Acknowledgements | undefined;
  /** True when everything has come to rest, so that nothing may be on its way any more. */
  readonly drained: boolean;
  /** How long after its end a hold may still be in the way, milliseconds. */
  readonly holdBoundMs: number;
}

export type InvariantId = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I9" | "I10";

export interface Invariant {
  readonly id: InvariantId;
  /** What always holds, as a sentence. */
  readonly title: string;
  /** Looks for what breaks it. */
  readonly ask: (store: EvidenceStore, inputs: InvariantInputs) => Promise<Evidence>;
}

/** What must always hold; tests, simulator and `onsale doctor` check this one list. */
export const INVARIANTS: readonly Invariant[] = [
  {
    id: "I1",
    title: "a seat has at most one live reservation",
    ask: (store) => store.seatsWithTwoLiveReservations(),
  },
  {
    id: "I2",
    title: "sold seats = seats of confirmed reservations = seats of captured payments",
    ask: (store) => store.soldSeatsDisagreement(),
  },
  {
    id: "I3",
    title: "a balance is the sum of its ledger entries and never below zero",
    ask: (store) => store.balanceDisagreement(),
  },
  {
    id: "I4",
    title: "charged minus refunded is the sum of confirmed prices, over all payments",
    ask: (store) => store.paymentDisagreement(),
  },
  {
    id: "I5",
    title: "every transition has one outbox message, published at least once, applied once",
    ask: (store, { drained }) => store.messagesMissingOrDoubled({ drained }),
  },
  {
    id: "I6",
    title: "messages of one aggregate are published in version order",
    ask: (store) => store.messagesOutOfOrder(),
  },
  {
    id: "I7",
    title: "active tokens stay within the active count max, admissions within the rate",
    ask: (store) => store.admissionsOverLimit(),
  },
  {
    id: "I8",
    title: "nobody is promoted before somebody of a lower sequence in the same queue",
    ask: (store) => store.admissionsOutOfTurn(),
  },
  {
    id: "I9",
    title: "an expired hold is not confirmed, and its seat is soon for sale again",
    ask: (store, { holdBoundMs }) => store.holdsOverdue(holdBoundMs),
  },
  {
    id: "I10",
    title: "what a client was told is what the database says",
    ask: (store, { acknowledged }) => store.acknowledgedButLost(acknowledged),
  },
];
