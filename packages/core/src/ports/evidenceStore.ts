/**
 * How many violations one question shows; more would bury the reader, and the count tells of
 * them.
 */
export const VIOLATIONS_SHOWN_MAX = 20;

/** One broken rule, with the ids that prove it. */
export interface Violation {
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}

/** What one question to the data found. */
export interface Evidence {
  /** How many rows the question looked at, so that "none found" can be told from "none there". */
  readonly examined: number;
  /** At most `VIOLATIONS_SHOWN_MAX`; `violationCount` counts all. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
}

/** What clients were told; checked against what the database says (I10). */
export interface Acknowledgements {
  readonly reservationIds: readonly number[];
  readonly paymentIds: readonly number[];
  /** Sum of acknowledged charges for each user. */
  readonly chargedByUser: ReadonlyMap<number, number>;
}

/** The questions behind the invariants I1 to I10; read-only. */
export interface EvidenceStore {
  /** I1 */ seatsWithTwoLiveReservations(): Promise<Evidence>;
  /** I2 */ soldSeatsDisagreement(): Promise<Evidence>;
  /** I3 */ balanceDisagreement(): Promise<Evidence>;
  /** I4 */ paymentDisagreement(): Promise<Evidence>;
  /** I5 */ messagesMissingOrDoubled(options: { drained: boolean }): Promise<Evidence>;
  /** I6 */ messagesOutOfOrder(): Promise<Evidence>;
  /** I7 */ admissionsOverLimit(): Promise<Evidence>;
  /** I8 */ admissionsOutOfTurn(): Promise<Evidence>;
  /** I9 */ holdsOverdue(boundMs: number): Promise<Evidence>;
  /** I10 */ acknowledgedButLost(acknowledged: Acknowledgements | undefined): Promise<Evidence>;
}
