import assert from "node:assert/strict";
import { QueryTypes, type Sequelize } from "sequelize";
import type { TxOrNone } from "../../ports/transaction.ts";
import { rethrowAsCoreError } from "../shared/failureKind.ts";
import { type RunnerPorts, transactionRunner } from "../shared/transactionRunner.ts";
import { AnswerRow } from "../sql/answerRow.ts";
import type { Database, SqlValues } from "../sql/database.ts";
import type { Sql } from "../sql/statement.ts";
import { toReplacements } from "./convert.ts";
import { failureKind, lastingRefusal, statementFailure } from "./databaseErrors.ts";
import { inside } from "./mysqlTx.ts";
import { sequelizeTransactions } from "./sequelizeTransactions.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** The driver's result of a write. */
interface WriteResult {
  readonly affectedRows: number;
  readonly insertId: number;
}

function isWriteResult(value: unknown): value is WriteResult {
  return typeof value === "object" && value !== null && "affectedRows" in value;
}

/** The database of the stores, over Sequelize. */
export function sequelizeDatabase(
  sequelize: Sequelize,
  watch: ServerWatch,
  ports: RunnerPorts,
): Database {
  function optionsFor(tx: TxOrNone, values: SqlValues | undefined) {
    return {
      raw: true,
      transaction: tx ? inside(tx).transaction : null,
      ...(values ? { replacements: toReplacements(values) } : {}),
    } as const;
  }

  /**
   * Guards a single statement. Within a transaction, the transaction runner guards all statements.
   * @param name the statement's name, for errors
   */
  async function run<T>(tx: TxOrNone, name: string, query: () => Promise<T>): Promise<T> {
    try {
      return await (tx ? query() : watch.guard(query));
    } catch (error) {
      const failure = statementFailure(name, error);
      const refusal = lastingRefusal(failure);
      if (refusal !== undefined) watch.noteRefusal(refusal);
      if (tx) throw failure;
      return rethrowAsCoreError(failure, failureKind(failure));
    }
  }

  async function write(
    tx: TxOrNone,
    { name, text }: Sql,
    values?: SqlValues,
  ): Promise<WriteResult> {
    const [result, count]: readonly unknown[] = await run(tx, name, () =>
      sequelize.query(text, { ...optionsFor(tx, values), type: QueryTypes.RAW }),
    );
    // Sequelize returns the result of an INSERT in a form of its own, and other results as the
    // driver gave them.
    if (typeof result === "number" && typeof count === "number") {
      return { insertId: result, affectedRows: count };
    }
    assert(isWriteResult(result), "a write answers with its count");
    return result;
  }

  return {
    async select(tx, { name, text, present }, values) {
      const options = { ...optionsFor(tx, values), type: QueryTypes.SELECT } as const;
      const query = () => sequelize.query<Record<string, unknown>>(text, options);
      const rows = await run(tx, name, query);
      return rows.map((row) => present(new AnswerRow(row)));
    },
    change: async (tx, statement, values) => (await write(tx, statement, values)).affectedRows,
    insert: async (tx, statement, values) => (await write(tx, statement, values)).insertId,
    withTransaction: transactionRunner(sequelizeTransactions(sequelize, watch), ports),
    noteCommitMarker(tx, messageId) {
      inside(tx).commitMarker ??= messageId;
    },
    failureKind,
  };
}
