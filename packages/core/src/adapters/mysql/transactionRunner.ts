import assert from "node:assert/strict";
import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
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
import { rethrowAsCoreError } from "./asCoreError.ts";
import { failureKind } from "./databaseErrors.ts";
import { MysqlTx } from "./mysqlTx.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** A transaction rarely loses twice; ten is beyond anything but a storm. */
const ATTEMPTS_MAX = 10;
/** A buyer should hear "try again" before they reload by themselves. */
const CONTENDED_MS_MAX = 5_000;
const BACKOFF_BASE_MS = 4;
const BACKOFF_CEILING_MS = 100;

/** Asks for the proof of a commit; the locking read waits for a commit that is under way. */
const FIND_PROOF = "SELECT id FROM outbox_messages WHERE message_id = :messageId FOR UPDATE";

/** What the runner takes from core. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What the caller of a transaction sees of its inside. */
interface Running {
  tx?: MysqlTx;
  /** The caller was told "down": nothing may commit any more. */
  abandoned: boolean;
}

type Attempt<T> = { readonly value: T } | { readonly failure: unknown };

type Work<T> = (tx: Tx) => Promise<T>;

/** Runs transactions as the port promises: restarts, a bounded wait, outcomes looked up. */
export function transactionRunner(
  sequelize: Sequelize,
  watch: ServerWatch,
  world: World,
): WithTransaction {
  return async (work) => {
    const running: Running = { abandoned: false };
    try {
      return await watch.guard(() => withRestarts(sequelize, world, work, running));
    } catch (error) {
      running.abandoned = true;
      if (error instanceof DependencyUnavailableError && running.tx?.committing) {
        throw new OutcomeUnknownError({ cause: error });
      }
      throw error;
    }
  };
}

async function withRestarts<T>(
  sequelize: Sequelize,
  world: World,
  work: Work<T>,
  running: Running,
): Promise<T> {
  const startedMs = world.clock.monotonicMs();
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(sequelize, world, work, running);
    if ("value" in outcome) return outcome.value;
    const { failure } = outcome;
    const kind = failure instanceof CoreError ? "other" : failureKind(failure);
    if (kind === "busy") throw new OverloadedError({ cause: failure });
    if (kind !== "restart" && kind !== "lock-wait" && kind !== "connection") throw failure;
    const spentMs = world.clock.monotonicMs() - startedMs;
    if (number === ATTEMPTS_MAX || spentMs > CONTENDED_MS_MAX || running.abandoned) {
      if (kind === "connection") rethrowAsCoreError(failure);
      throw new TransactionContendedError(number, { cause: failure });
    }
    world.metrics.count("transaction_restarts_total", { kind });
    await world.clock.sleep(backoffMs(world.random, number, BACKOFF_BASE_MS, BACKOFF_CEILING_MS));
  }
}

async function attempt<T>(
  sequelize: Sequelize,
  world: World,
  work: Work<T>,
  running: Running,
): Promise<Attempt<T>> {
  let transaction: Transaction;
  try {
    transaction = await sequelize.transaction();
  } catch (failure) {
    return { failure };
  }
  const tx = new MysqlTx(transaction);
  running.tx = tx;
  let value: T;
  try {
    value = await work(tx);
    if (running.abandoned) throw new DependencyUnavailableError("mysql");
  } catch (failure) {
    await rollBack(transaction, failure);
    return { failure };
  }
  tx.committing = true;
  try {
    await commit(sequelize, transaction);
    return { value };
  } catch (failure) {
    if (failureKind(failure) !== "connection") return { failure };
    return (await wasCommitted(sequelize, world, tx, failure)) ? { value } : { failure };
  }
}

/** True when the transaction's message is there, by a read that waits for a commit under way. */
async function wasCommitted(
  sequelize: Sequelize,
  world: World,
  tx: MysqlTx,
  cause: unknown,
): Promise<boolean> {
  world.metrics.count("commit_outcomes_looked_up_total");
  if (!tx.proof) throw new OutcomeUnknownError({ cause });
  try {
    const rows = await sequelize.query(FIND_PROOF, {
      type: QueryTypes.SELECT,
      replacements: { messageId: tx.proof },
    });
    return rows.length > 0;
  } catch (error) {
    world.log.warn({ reason: String(error) }, "The outcome of a commit could not be looked up");
    throw new OutcomeUnknownError({ cause });
  }
}

/**
 * Sequelize's own `commit` and `rollback` write to the console when the connection is lost; the log
 * is ours to keep, so the statement is sent and the connection given back here.
 */
async function commit(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  assert(ownsConnection(transaction), "Sequelize 6 gives connections back by cleanup");
  try {
    await sequelize.query("COMMIT", { transaction, type: QueryTypes.RAW });
    transaction.cleanup();
  } catch (failure) {
    await transaction.forceCleanup();
    throw failure;
  }
}

/**
 * Ends a transaction that failed; never throws, for the server ends what a lost connection began.
 */
async function rollBack(transaction: Transaction, failure: unknown): Promise<void> {
  try {
    if (failureKind(failure) === "connection" && ownsConnection(transaction)) {
      await transaction.forceCleanup();
    } else {
      await transaction.rollback();
    }
  } catch {
    // Sequelize has rolled back by itself after a deadlock, or the connection is gone.
  }
}

/** What Sequelize's types do not mention. */
interface OwnsConnection {
  /** Gives the connection back to the pool. */
  cleanup(): void;
  /** Takes the connection out of the pool. */
  forceCleanup(): Promise<void>;
}

function ownsConnection(transaction: Transaction): transaction is Transaction & OwnsConnection {
  return "cleanup" in transaction && "forceCleanup" in transaction;
}
