/**
 * Some members cannot be part of this group's transaction, which is rolled back. The others form a
 * group again, and each of these runs alone.
 */
export class GroupSplitError extends Error {
  /** The places of the members that must run alone, in the order of the group. */
  readonly alone: ReadonlySet<number>;

  /**
   * The error of a statement is not the cause of this error: the transaction runner would find it
   * there, and repeat the whole group.
   */
  constructor(alone: ReadonlySet<number>) {
    super(`${alone.size} members must run in transactions of their own`);
    this.alone = alone;
  }
}

/** The error in a member's work when the member must run in a transaction of its own. */
export class MustRunAloneError extends Error {
  constructor(step: string) {
    super(`another transaction has a row that ${step} needs`);
  }
}
