import assert from "node:assert/strict";
import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { Logger, Metrics } from "../../ports/observability.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import type { Clock } from "../../shared/clock.ts";
import {
  CoreError,
  DependencyUnavailableError,
  OutcomeUnknownError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";
import { backoffMs, type Random } from "../../shared/random.ts";
import { toReplacements } from "./convert.ts";
import type { Database, SqlValues } from "./database.ts";
import { failureKind } from "./databaseErrors.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** A transaction rarely loses twice; ten is beyond anything but a storm. */
const ATTEMPTS_MAX = 10;
/** A buyer should hear "try again" before they reload by themselves. */
const CONTENDED_MS_MAX = 5_000;
const BACKOFF_BASE_MS = 4;
const BACKOFF_CEILING_MS = 100;

/** The proof of a commit: a message that the transaction wrote. The read waits for a commit in flight. */
const FIND_PROOF = "SELECT id FROM outbox_messages WHERE message_id = :messageId FOR UPDATE";

class MysqlTx implements Tx {
  readonly label: string;
  readonly transaction: Transaction;
  proof: string | undefined;
  committing = false;

  constructor(label: string, transaction: Transaction) {
    this.label = label;
    this.transaction = transaction;
  }
}

interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The driver's answer to a write. */
interface WriteResult {
  readonly affectedRows: number;
  readonly insertId: number;
}

function isWriteResult(value: unknown): value is WriteResult {
  return typeof value === "object" && value !== null && "affectedRows" in value;
}

function inside(tx: Tx): MysqlTx {
  assert(tx instanceof MysqlTx, "the transaction was begun by another adapter");
  return tx;
}

/** For the models, which take Sequelize's own transaction. */
export function sequelizeTransactionOf(tx: Tx): Transaction {
  return inside(tx).transaction;
}

export function sequelizeDatabase(
  sequelize: Sequelize,
  watch: ServerWatch,
  world: World,
): Database {
  function optionsFor(tx: TxOrNone, values: SqlValues | undefined) {
    return {
      raw: true,
      transaction: tx ? inside(tx).transaction : null,
      ...(values ? { replacements: toReplacements(values) } : {}),
    } as const;
  }

  /** Alone, a statement is guarded here; in a transaction the whole of it is. */
  function run<T>(tx: TxOrNone, query: () => Promise<T>): Promise<T> {
    return tx ? query() : watch.guard(query).catch(rethrowAsCoreError);
  }

  async function write(tx: TxOrNone, sql: string, values?: SqlValues): Promise<WriteResult> {
    const [result, count]: readonly unknown[] = await run(tx, () =>
      sequelize.query(sql, { ...optionsFor(tx, values), type: QueryTypes.RAW }),
    );
    // Sequelize unpacks what it takes for an INSERT and leaves other writes as the driver answered.
    if (typeof result === "number" && typeof count === "number") {
      return { insertId: result, affectedRows: count };
    }
    assert(isWriteResult(result), "a write answers with its count");
    return result;
  }

  const runner = transactionRunner(sequelize, watch, world);
  return {
    select<Row extends object>(tx: TxOrNone, sql: string, values?: SqlValues) {
      const options = { ...optionsFor(tx, values), type: QueryTypes.SELECT } as const;
      return run(tx, () => sequelize.query<Row>(sql, options));
    },
    change: async (tx, sql, values) => (await write(tx, sql, values)).affectedRows,
    insert: async (tx, sql, values) => (await write(tx, sql, values)).insertId,
    withTransaction: (work) => runner(work),
    noteProof(tx, messageId) {
      inside(tx).proof ??= messageId;
    },
  };
}

/** Errors of the driver never leave the adapter; those of workflows pass through. */
function rethrowAsCoreError(error: unknown): never {
  if (error instanceof CoreError) throw error;
  const kind = failureKind(error);
  if (kind === "connection") throw new DependencyUnavailableError("mysql", { cause: error });
  if (kind === "busy") throw new OverloadedError({ cause: error });
  if (kind === "restart") throw new TransactionContendedError(1, { cause: error });
  throw error;
}

/** What the caller of a transaction sees of its inside. */
interface Running {
  tx?: MysqlTx;
  /** The caller was told "down": nothing may commit any more. */
  abandoned: boolean;
}

type Attempt<T> = { readonly value: T } | { readonly failure: unknown };

function transactionRunner(sequelize: Sequelize, watch: ServerWatch, world: World) {
  let count = 0;

  /** True when the transaction's message is there, by a read that waits for a commit under way. */
  async function wasCommitted(tx: MysqlTx, cause: unknown): Promise<boolean> {
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

  async function attempt<T>(work: (tx: Tx) => Promise<T>, running: Running): Promise<Attempt<T>> {
    let transaction: Transaction;
    try {
      transaction = await sequelize.transaction();
    } catch (failure) {
      return { failure };
    }
    count += 1;
    const tx = new MysqlTx(`tx-${count}`, transaction);
    running.tx = tx;
    let value: T;
    try {
      value = await work(tx);
    } catch (failure) {
      await rollBack(transaction, failure);
      return { failure };
    }
    if (running.abandoned) {
      const failure = new DependencyUnavailableError("mysql");
      await rollBack(transaction, failure);
      return { failure };
    }
    tx.committing = true;
    try {
      await transaction.commit();
      return { value };
    } catch (failure) {
      if (failureKind(failure) !== "connection") return { failure };
      return (await wasCommitted(tx, failure)) ? { value } : { failure };
    }
  }

  async function withRestarts<T>(work: (tx: Tx) => Promise<T>, running: Running): Promise<T> {
    const startedMs = world.clock.monotonicMs();
    for (let number = 1; ; number += 1) {
      const outcome = await attempt(work, running);
      if ("value" in outcome) return outcome.value;
      const { failure } = outcome;
      const kind = failure instanceof CoreError ? "other" : failureKind(failure);
      if (kind === "busy") throw new OverloadedError({ cause: failure });
      if (kind !== "restart" && kind !== "connection") throw failure;
      const spentMs = world.clock.monotonicMs() - startedMs;
      if (number === ATTEMPTS_MAX || spentMs > CONTENDED_MS_MAX || running.abandoned) {
        if (kind === "connection") rethrowAsCoreError(failure);
        throw new TransactionContendedError(number, { cause: failure });
      }
      world.metrics.count("transaction_restarts_total", { kind });
      await world.clock.sleep(backoffMs(world.random, number, BACKOFF_BASE_MS, BACKOFF_CEILING_MS));
    }
  }

  return async function withTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const running: Running = { abandoned: false };
    try {
      return await watch.guard(() => withRestarts(work, running));
    } catch (error) {
      running.abandoned = true;
      if (error instanceof DependencyUnavailableError && running.tx?.committing) {
        throw new OutcomeUnknownError({ cause: error });
      }
      throw error;
    }
  };
}

/** Ends a transaction that failed; never throws, for the server ends what a lost connection began. */
async function rollBack(transaction: Transaction, failure: unknown): Promise<void> {
  try {
    if (failureKind(failure) === "connection" && canDropConnection(transaction)) {
      // A ROLLBACK would only fail, and Sequelize would say so on the console for each one.
      await transaction.forceCleanup();
    } else {
      await transaction.rollback();
    }
  } catch {
    // Sequelize has rolled back by itself after a deadlock, or the connection is gone.
  }
}

/** Sequelize gives a doomed connection back so; its types do not mention it. */
function canDropConnection(
  transaction: Transaction,
): transaction is Transaction & { forceCleanup(): Promise<void> } {
  return "forceCleanup" in transaction && typeof transaction.forceCleanup === "function";
}
