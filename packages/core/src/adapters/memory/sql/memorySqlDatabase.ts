import assert from "node:assert/strict";
import type { TxOrNone } from "../../../ports/transaction.ts";
import { AnswerRow } from "../../sql/answerRow.ts";
import type { Database, SqlValues } from "../../sql/database.ts";
import type { Sql } from "../../sql/statement.ts";
import { STATEMENTS } from "../../sql/stores.ts";
import { failureKind } from "../database/databaseFailures.ts";
import type { MemoryDb } from "../database/memoryDb.ts";
import { whenServed } from "../database/served.ts";
import { compileStatements, type Plan, type Plans } from "./compileStatement.ts";
import { Run } from "./run.ts";

/**
 * All statements of the stores, compiled. An unsupported statement fails the import of this module.
 */
export const PLANS: Plans = compileStatements(STATEMENTS);

/** Implements the `Database` of the SQL stores over the in-memory database. */
export function memorySqlDatabase(db: MemoryDb, plans: Plans = PLANS): Database {
  const { tablesInOrder } = db;

  function planOf({ name }: Sql): Plan {
    const plan = plans.get(name);
    if (!plan) assert.fail(`the statement ${name} is not among those of the stores`);
    return plan;
  }

  function change(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number> {
    const plan = planOf(statement);
    if (plan.kind !== "write") assert.fail(`${statement.name} reads`);
    return db.run(tx, statement.name, (s) => plan.run(new Run(values, s, tablesInOrder)));
  }

  function insert(tx: TxOrNone, statement: Sql, values?: SqlValues): Promise<number> {
    const plan = planOf(statement);
    if (plan.kind !== "write") assert.fail(`${statement.name} reads`);
    return db.run(tx, statement.name, (s) => {
      const run = new Run(values, s, tablesInOrder);
      return whenServed(plan.run(run), () => run.insertId);
    });
  }

  return {
    select(tx, statement, values) {
      const plan = planOf(statement);
      if (plan.kind !== "read") assert.fail(`${statement.name} writes`);
      return db
        .run(tx, statement.name, (s) => plan.run(new Run(values, s, tablesInOrder)))
        .then((answer) => answer.map((row) => statement.present(new AnswerRow(row))));
    },
    change,
    insert,
    withTransaction: db.withTransaction,
    noteCommitMarker: db.noteCommitMarker,
    failureKind,
  };
}
