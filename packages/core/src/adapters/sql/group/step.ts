import type { Tx } from "../../../ports/transaction.ts";

/**
 * The steps of grouped transactions, in the order in which a group does them. All groups lock rows
 * in this order, so two groups never wait for each other in a circle.
 */
const STEP_ORDER = [
  "idempotency.start",
  "reservations.find",
  "ledger.balanceOf",
  "seats.lock",
  "seats.find",
  "seats.offered",
  "reservations.lockSeatsOfBuyer",
  "seats.hold",
  "reservations.expire",
  "reservations.confirm",
  "reservations.cancel",
  "reservations.refund",
  "seats.release",
  "reservations.insert",
  "ledger.post",
  "seats.confirm",
  "payments.insert",
  "outbox.append",
  "idempotency.finish",
] as const;

/** The answer for a member that must run in a transaction of its own. */
export const ALONE = Symbol("alone");

/** One call of a store, for one transaction or for all members of a group that wait at it. */
export interface Step<Args, Result> {
  readonly name: (typeof STEP_ORDER)[number];
  /** Does the call for a transaction of its own. It may wait for row locks. */
  one(tx: Tx, args: Args): Promise<Result>;
  /**
   * Does the calls of several members with few statements, and decides jointly: row locks do not
   * separate the members, because they share the transaction. Waits for no row lock of another
   * transaction that may last.
   * @returns one result for each call, in order, or ALONE when another transaction has the row
   */
  many(tx: Tx, calls: readonly Args[]): Promise<readonly (Result | typeof ALONE)[]>;
  /** True when this result means that something was written for the member. */
  wrote(result: Result): boolean;
  /** Removes what was written. Without it, a member that wrote cannot leave its group. */
  undo?(tx: Tx, calls: readonly Args[]): Promise<unknown>;
}

/** A step that inserts the rows of its calls, with the same statements for one and for several. */
export function insertStep<Args>(
  name: Step<Args, void>["name"],
  insertAll: (tx: Tx, calls: readonly Args[]) => Promise<void>,
): Step<Args, void> {
  return {
    name,
    one: (tx, args) => insertAll(tx, [args]),
    async many(tx, calls) {
      await insertAll(tx, calls);
      return calls.map(() => undefined);
    },
    wrote: () => true,
  };
}

/** The place of the step in the order of all steps. */
export function rankOf({ name }: { readonly name: Step<never, unknown>["name"] }): number {
  return STEP_ORDER.indexOf(name);
}

/** The transaction of a group, as its members use it. */
export interface SharedTransaction {
  readonly root: Tx;
  /** Does the call together with those of the other members that wait at the same step. */
  call<Args, Result>(member: MemberTx, step: Step<Args, Result>, args: Args): Promise<Result>;
  /** Runs a statement that only this member needs. */
  statement<T>(member: MemberTx, writes: boolean, run: () => Promise<T>): Promise<T>;
}

/** A member's handle of the transaction that its group shares. */
export class MemberTx implements Tx {
  readonly label = "group";
  readonly shared: SharedTransaction;

  constructor(shared: SharedTransaction) {
    this.shared = shared;
  }
}

/**
 * Does one call of a store. Within a group, waits until all other members wait too, and then does
 * the calls of the same step together.
 */
export function gather<Args, Result>(
  tx: Tx,
  step: Step<Args, Result>,
  args: Args,
): Promise<Result> {
  return tx instanceof MemberTx ? tx.shared.call(tx, step, args) : step.one(tx, args);
}
