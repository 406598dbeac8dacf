import type { Logger, Metrics } from "../../ports/observability.ts";
import type { Tx, WithTransaction } from "../../ports/transaction.ts";
import type { Clock } from "../../shared/clock.ts";
import {
  CoreError,
  DependencyUnavailableError,
  OutcomeUnknownError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";
import { backoffMs, type Random } from "../../shared/random.ts";
import { type FailureKind, rethrowAsCoreError } from "./failureKind.ts";

/** A transaction rarely loses twice; ten is beyond anything but a storm. */
const ATTEMPTS_MAX = 10;
/** A buyer should hear "try again" before they reload by themselves. */
const CONTENDED_MS_MAX = 5_000;
const BACKOFF_BASE_MS = 4;
const BACKOFF_CEILING_MS = 100;

/** What the runner takes from core. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A transaction as the runner sees it. */
export interface RunnerTx extends Tx {
  /** A message that the transaction wrote; there exactly when the transaction was committed. */
  readonly proof: string | undefined;
  committing: boolean;
}

/** What a database does for the runner. */
export interface TransactionDriver<T extends RunnerTx> {
  begin(): Promise<T>;
  /** Gives the connection back, or takes it out of the pool when it rejects. */
  commit(tx: T): Promise<void>;
  /** Ends a transaction that failed; never throws: the server ends what a lost connection began. */
  rollBack(tx: T, failure: unknown): Promise<void>;
  failureKind(error: unknown): FailureKind;
  /** Whether the message is there, by a read that waits for a commit under way. */
  findProof(messageId: string): Promise<boolean>;
  /** Rejects with DependencyUnavailableError once the server is known to be down. */
  guard<R>(work: () => Promise<R>): Promise<R>;
}

/** What the caller of a transaction sees of its inside. */
interface Running {
  tx?: RunnerTx;
  /** The caller was told "down": nothing may commit any more. */
  abandoned: boolean;
}

type Attempt<T> = { readonly value: T } | { readonly failure: unknown };

type Work<T> = (tx: Tx) => Promise<T>;

/** Runs transactions as the port promises: restarts, a bounded wait, outcomes looked up. */
export function transactionRunner<T extends RunnerTx>(
  driver: TransactionDriver<T>,
  world: World,
): WithTransaction {
  return async (work) => {
    const running: Running = { abandoned: false };
    try {
      return await driver.guard(() => withRestarts(driver, world, work, running));
    } catch (error) {
      running.abandoned = true;
      if (error instanceof DependencyUnavailableError && running.tx?.committing) {
        throw new OutcomeUnknownError({ cause: error });
      }
      throw error;
    }
  };
}

async function withRestarts<T extends RunnerTx, R>(
  driver: TransactionDriver<T>,
  world: World,
  work: Work<R>,
  running: Running,
): Promise<R> {
  const startedMs = world.clock.monotonicMs();
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(driver, world, work, running);
    if ("value" in outcome) return outcome.value;
    const { failure } = outcome;
    const kind = failure instanceof CoreError ? "other" : driver.failureKind(failure);
    if (kind === "busy") throw new OverloadedError({ cause: failure });
    if (kind !== "restart" && kind !== "lock-wait" && kind !== "connection") throw failure;
    const spentMs = world.clock.monotonicMs() - startedMs;
    if (number === ATTEMPTS_MAX || spentMs > CONTENDED_MS_MAX || running.abandoned) {
      if (kind === "connection") rethrowAsCoreError(failure, kind);
      throw new TransactionContendedError(number, { cause: failure });
    }
    world.metrics.count("transaction_restarts_total", { kind });
    await world.clock.sleep(backoffMs(world.random, number, BACKOFF_BASE_MS, BACKOFF_CEILING_MS));
  }
}

async function attempt<T extends RunnerTx, R>(
  driver: TransactionDriver<T>,
  world: World,
  work: Work<R>,
  running: Running,
): Promise<Attempt<R>> {
  let tx: T;
  try {
    tx = await driver.begin();
  } catch (failure) {
    return { failure };
  }
  running.tx = tx;
  let value: R;
  try {
    value = await work(tx);
    if (running.abandoned) throw new DependencyUnavailableError("mysql");
  } catch (failure) {
    await driver.rollBack(tx, failure);
    return { failure };
  }
  tx.committing = true;
  try {
    await driver.commit(tx);
    return { value };
  } catch (failure) {
    if (driver.failureKind(failure) !== "connection") return { failure };
    return (await wasCommitted(driver, world, tx, failure)) ? { value } : { failure };
  }
}

/** True when the transaction's message is there. */
async function wasCommitted<T extends RunnerTx>(
  driver: TransactionDriver<T>,
  world: World,
  tx: T,
  cause: unknown,
): Promise<boolean> {
  world.metrics.count("commit_outcomes_looked_up_total");
  if (!tx.proof) throw new OutcomeUnknownError({ cause });
  try {
    return await driver.findProof(tx.proof);
  } catch (error) {
    world.log.warn({ reason: String(error) }, "The outcome of a commit could not be looked up");
    throw new OutcomeUnknownError({ cause });
  }
}
