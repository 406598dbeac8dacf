import type { Settled } from "./settled.ts";

/**
 * Some members cannot be part of this group's transaction, which is rolled back. The others form a
 * group again, and each of these runs alone. When it is unknown which members these are, the halves
 * of the group run one after the other.
 */
export class GroupSplitError extends Error {
  /** The places of the members that must run alone, in the order of the group. */
  readonly alone: ReadonlySet<number> | undefined;

  /**
   * The error of a statement is not the cause of this error: the transaction runner would find it
   * there, and repeat the whole group.
   */
  constructor(alone?: ReadonlySet<number>) {
    super(`${alone?.size ?? "some"} members must run in transactions of their own`);
    this.alone = alone;
  }
}

/** The error in a member's work when the member must run in a transaction of its own. */
export class MustRunAloneError extends Error {
  constructor(step: string) {
    super(`another transaction has a row that ${step} needs`);
  }
}

/** All members have left their group, so its transaction is rolled back. */
export class NothingToCommitError extends Error {
  /** The outcomes of the members, in the order of the group. */
  readonly settled: readonly Settled<never>[];

  constructor(settled: readonly Settled<never>[]) {
    super("all members have left the group");
    this.settled = settled;
  }
}
