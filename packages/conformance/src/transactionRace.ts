import type { CoreContext, Tx } from "@onsale/core";
import { expect } from "chai";

export type End = "commit" | "rollback";
export const ENDS: readonly End[] = ["commit", "rollback"];

/** The statements of one party within its transaction, by the stores of its process. */
export type Act<T> = (core: CoreContext, tx: Tx) => Promise<T>;

/** Two processes on one database. */
export interface TwoProcesses {
  readonly core: CoreContext;
  readonly other: CoreContext;
}

/** An open transaction that a case gives its statements one by one. */
export interface OpenTransaction {
  act<T>(act: Act<T>): Promise<T>;
  /** Ends the transaction; only the first call counts. */
  end(how: End): Promise<void>;
}

/**
 * Longer than any act takes that need not wait. So an act that has not answered after this many
 * round trips waits for a row lock.
 */
const WAITING_ROUND_TRIPS = 20;
/** Far longer than `WAITING_ROUND_TRIPS`, and far shorter than the longest wait for a row lock. */
const ANSWER_ROUND_TRIPS = 500;

class TakenBackError extends Error {}

/** Begins a transaction. It keeps its row locks until the case ends it. */
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

/** Runs the body beside an open transaction, which is rolled back unless the body ends it. */
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

/** Runs one act in its own transaction. */
export function committed<T>(core: CoreContext, act: Act<T>): Promise<T> {
  return core.withTransaction((tx) => act(core, tx));
}

/** Whether the promise settles while another process makes this many round trips. */
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

/** Fails unless the promise is still pending after `WAITING_ROUND_TRIPS`. */
export async function expectWaiting(core: CoreContext, promise: Promise<unknown>): Promise<void> {
  const isSettled = await settlesWithin(core, promise, WAITING_ROUND_TRIPS);
  expect(isSettled, "an answer before the other transaction has ended").to.equal(false);
}

/** Fails when the promise waits for a row lock. @returns the value of the promise */
export async function expectAtOnce<T>(core: CoreContext, promise: Promise<T>): Promise<T> {
  const isSettled = await settlesWithin(core, promise, ANSWER_ROUND_TRIPS);
  expect(isSettled, "an answer while the other transaction is open").to.equal(true);
  return promise;
}

/**
 * A race for a row in a fixed order: the first acts, the second acts and must wait, then the first
 * ends.
 * @returns the answer of the second, whose transaction is committed
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
 * The first acts; the second acts and commits while the first is still open, so it must not wait.
 * @returns the answer of the second
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

/** The error with which the promise rejects. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}
