import type { Logger, Metrics } from "../../ports/observability.ts";
import type { Tx, WithTransaction } from "../../ports/transaction.ts";
import type { Clock } from "../../shared/clock.ts";
import {
  CoreError,
  DependencyUnavailableError,
  OutcomeUnknownError,
  TransactionContendedError,
} from "../../shared/errors.ts";
import { backoffMs, type Random } from "../../shared/random.ts";
import { type FailureKind, rethrowAsCoreError } from "./failureKind.ts";

/**
 * Transactions: restarts, a bounded wait, and the lost COMMIT.
 *
 * The problem: when the connection breaks after COMMIT was sent, the process cannot know whether
 * the server committed. Repeating the work could charge a buyer twice; giving up could report a
 * failure for a seat that is sold.
 *
 * The commit marker answers the question. Every workflow that changes state appends an outbox
 * message in the same transaction, under a UUID made by this process. The runner remembers the UUID
 * of the first message. The table has this message exactly when the transaction was committed.
 *
 *   running ── work fails ──> rolled back ── contended or connection lost ──> running again
 *      │                                 └── any other failure ──> the caller gets the failure
 *      └── COMMIT sent (`committing`)
 *            ├── answered ──> the caller gets the value
 *            ├── refused by the server ──> rolled back, as above
 *            └── connection lost, or no decision ──> look the marker up on a fresh connection
 *                  ├── found ──> committed: the caller gets the value
 *                  ├── absent ──> rolled back: running again
 *                  └── no marker, or no answer ──> OutcomeUnknownError
 *
 * - The lookup is a locking read (SELECT ... FOR UPDATE). A plain read could miss a transaction
 *   that is still committing; the locking read waits for the row lock and sees the final outcome.
 * - The guard rejects when the server is known to be down. The caller then has its answer, so the
 *   work that is still running is `abandoned` and must not commit.
 * - Restarts are bounded by `ATTEMPTS_MAX` and `CONTENDED_MS_MAX`.
 *
 * Not promised: an outcome for a transaction without an outbox message, or while the database stays
 * unavailable. The caller gets OutcomeUnknownError and can repeat the request with the same
 * idempotency key, which finds the stored answer or does the work.
 */

/** A transaction rarely restarts twice; ten restarts happen only under extreme contention. */
const ATTEMPTS_MAX = 10;
/** A buyer who waits longer reloads the page. An answer "try again" must arrive earlier. */
const CONTENDED_MS_MAX = 5_000;
const BACKOFF_BASE_MS = 4;
const BACKOFF_CEILING_MS = 100;

/** The parts of core that the runner needs. */
export interface RunnerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A transaction as the runner sees it. */
export interface RunnerTx extends Tx {
  /**
   * Id of an outbox message that the transaction wrote. The message is stored exactly when the
   * transaction was committed.
   */
  readonly commitMarker: string | undefined;
  committing: boolean;
}

/** The part of the transaction runner that differs between the kinds of databases. */
export interface TransactionDriver<T extends RunnerTx> {
  begin(): Promise<T>;
  /** Returns the connection to the pool, or removes it from the pool when COMMIT rejects. */
  commit(tx: T): Promise<void>;
  /** Rolls back. Never throws: without a connection, the server itself rolls back. */
  rollBack(tx: T, failure: unknown): Promise<void>;
  failureKind(error: unknown): FailureKind;
  /** True when the message is stored. The read waits for a COMMIT that is still running. */
  findCommitMarker(messageId: string): Promise<boolean>;
  /** Rejects with DependencyUnavailableError as soon as the server is known to be down. */
  guard<R>(work: () => Promise<R>): Promise<R>;
}

/** The state of a running transaction, which `guard` needs when it rejects before the work ends. */
interface Running {
  tx?: RunnerTx;
  /**
   * True when the caller has already received an error. The transaction must not commit any more.
   */
  abandoned: boolean;
}

type Attempt<T> = { readonly value: T } | { readonly failure: unknown };

type Work<T> = (tx: Tx) => Promise<T>;

/** Implements `withTransaction` of the port over a database. */
export function transactionRunner<T extends RunnerTx>(
  driver: TransactionDriver<T>,
  ports: RunnerPorts,
): WithTransaction {
  return async (work) => {
    const running: Running = { abandoned: false };
    try {
      return await driver.guard(() => withRestarts(driver, ports, work, running));
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
  ports: RunnerPorts,
  work: Work<R>,
  running: Running,
): Promise<R> {
  const startedMs = ports.clock.monotonicMs();
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(driver, ports, work, running);
    if ("value" in outcome) return outcome.value;
    const { failure } = outcome;
    const kind = failure instanceof CoreError ? "other" : driver.failureKind(failure);
    if (kind === "busy" || kind === "refused") rethrowAsCoreError(failure, kind);
    if (kind !== "restart" && kind !== "lock-wait" && kind !== "connection") throw failure;
    const spentMs = ports.clock.monotonicMs() - startedMs;
    if (number === ATTEMPTS_MAX || spentMs > CONTENDED_MS_MAX || running.abandoned) {
      if (kind === "connection") rethrowAsCoreError(failure, kind);
      throw new TransactionContendedError(number, { cause: failure });
    }
    ports.metrics.count("transaction_restarts_total", { kind });
    await ports.clock.sleep(backoffMs(ports.random, number, BACKOFF_BASE_MS, BACKOFF_CEILING_MS));
  }
}

async function attempt<T extends RunnerTx, R>(
  driver: TransactionDriver<T>,
  ports: RunnerPorts,
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
    const kind = driver.failureKind(failure);
    if (kind !== "connection" && kind !== "refused") return { failure };
    return (await wasCommitted(driver, ports, tx, failure)) ? { value } : { failure };
  }
}

/** True when the commit marker is stored. */
async function wasCommitted<T extends RunnerTx>(
  driver: TransactionDriver<T>,
  ports: RunnerPorts,
  tx: T,
  cause: unknown,
): Promise<boolean> {
  ports.metrics.count("commit_outcomes_looked_up_total", {});
  if (!tx.commitMarker) throw new OutcomeUnknownError({ cause });
  try {
    return await driver.findCommitMarker(tx.commitMarker);
  } catch (error) {
    ports.log.warn(
      { event: "transaction.outcome_unknown", reason: String(error) },
      "Could not look up whether a transaction was committed after its connection was lost",
    );
    throw new OutcomeUnknownError({ cause });
  }
}
