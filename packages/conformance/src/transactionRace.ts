import type { CoreContext, Tx } from "@onsale/core";
import { expect } from "chai";

export type End = "commit" | "rollback";
export const ENDS: readonly End[] = ["commit", "rollback"];

/** Statements of one transaction, run with the stores of its process. */
export type Act<T> = (core: CoreContext, tx: Tx) => Promise<T>;

/** Two processes on one database. */
export interface TwoProcesses {
  readonly core: CoreContext;
  readonly other: CoreContext;
}

/** A transaction that stays open, so that a case can run statements in it one by one. */
export interface OpenTransaction {
  act<T>(act: Act<T>): Promise<T>;
  /** Ends the transaction. Further calls have no effect. */
  end(how: End): Promise<void>;
}

/**
 * Number of round trips after which a statement without an answer counts as waiting for a row lock.
 * A statement that does not wait needs fewer round trips.
 */
const WAITING_ROUND_TRIPS = 20;
/**
 * Number of round trips within which an answer must arrive: far more than `WAITING_ROUND_TRIPS`,
 * and far fewer than the longest wait for a row lock takes.
 */
const ANSWER_ROUND_TRIPS = 500;

class TakenBackError extends Error {}

/** Begins a transaction that keeps its row locks until the case ends it. */
export async function openTransaction(core: CoreContext): Promise<OpenTransaction> {
  const begun = Promise.withResolvers<Tx>();
  const ending = Promise.withResolvers<void>();
  const done = core.withTransaction(async (tx) => {
    begun.resolve(tx);
    await ending.promise;
  });
  done.catch(begun.reject);
  const tx = await begun.promise;
  return {
    act: (act) => act(core, tx),
    async end(how) {
      if (how === "commit") ending.resolve();
      else ending.reject(new TakenBackError());
      await done.catch((error: unknown) => {
        if (!(error instanceof TakenBackError)) throw error;
      });
    },
  };
}

/**
 * Runs the body while another transaction is open. That transaction is rolled back at the end,
 * unless the body ends it.
 */
export async function besideOpen<T>(
  core: CoreContext,
  body: (transaction: OpenTransaction) => Promise<T>,
): Promise<T> {
  const transaction = await openTransaction(core);
  try {
    return await body(transaction);
  } finally {
    await transaction.end("rollback");
  }
}

/** Runs the statements in a transaction and commits it. */
export function committed<T>(core: CoreContext, act: Act<T>): Promise<T> {
  return core.withTransaction((tx) => act(core, tx));
}

/** Returns true when the promise settles while another process makes this many round trips. */
export async function settlesWithin(
  core: CoreContext,
  promise: Promise<unknown>,
  roundTrips: number,
): Promise<boolean> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let trip = 0; trip < roundTrips && !isSettled; trip += 1) {
    await core.leases.list("no-such-lease:");
  }
  return isSettled;
}

/** Fails when the promise settles within `WAITING_ROUND_TRIPS`. */
export async function expectWaiting(core: CoreContext, promise: Promise<unknown>): Promise<void> {
  const isSettled = await settlesWithin(core, promise, WAITING_ROUND_TRIPS);
  expect(isSettled, "an answer before the other transaction has ended").to.equal(false);
}

/** Fails when the promise must wait for a row lock. @returns the value of the promise */
export async function expectAtOnce<T>(core: CoreContext, promise: Promise<T>): Promise<T> {
  const isSettled = await settlesWithin(core, promise, ANSWER_ROUND_TRIPS);
  expect(isSettled, "an answer while the other transaction is open").to.equal(true);
  return promise;
}

/**
 * Runs a race for a row in a fixed order: the first transaction acts, the second acts and must
 * wait, then the first ends.
 * @returns the answer of the second transaction, which is committed
 */
export function answerAfterWaiting<T>(
  { core, other }: TwoProcesses,
  race: { first: Act<unknown>; end: End; second: Act<T> },
): Promise<T> {
  return besideOpen(core, async (transaction) => {
    await transaction.act(race.first);
    const begun = Promise.withResolvers<void>();
    const answer = other.withTransaction((tx) => {
      begun.resolve();
      return race.second(other, tx);
    });
    await Promise.race([begun.promise, answer]);
    await expectWaiting(core, answer);
    await transaction.end(race.end);
    return answer;
  });
}

/**
 * The first transaction acts. The second one acts and commits while the first is still open, so it
 * must not wait.
 * @returns the answer of the second transaction
 */
export function answerAtOnce<T>(
  { core, other }: TwoProcesses,
  race: { first: Act<unknown>; end?: End; second: Act<T> },
): Promise<T> {
  return besideOpen(core, async (transaction) => {
    await transaction.act(race.first);
    const answer = await expectAtOnce(core, committed(other, race.second));
    await transaction.end(race.end ?? "commit");
    return answer;
  });
}

/** Returns the error with which the promise rejects. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}
