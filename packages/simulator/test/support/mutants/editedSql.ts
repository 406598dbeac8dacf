import assert from "node:assert/strict";
import {
  compileStatement,
  type Database,
  forMembers,
  memorySqlDatabase,
  PLANS,
  type Plans,
  type Sql,
  STATEMENTS,
  sqlStores,
} from "@onsale/core/testing";
import type { Mutant } from "../../../src/virtual/runSeed.ts";
import { otherPorts, type Parts } from "./plantedFault.ts";

/** Changes the text of a statement. */
export type Edit = (text: string) => string;

/** Edits by the names of the statements. */
export type Edits = Readonly<Record<string, Edit>>;

/** The edited statements. @throws AssertionError for one that does not exist or does not change */
export function editedStatements(edits: Edits): Sql[] {
  return Object.entries(edits).map(([name, edit]) => {
    const statement = STATEMENTS.find((one) => one.name === name);
    assert(statement, `no statement is named ${name}`);
    const text = edit(statement.text);
    assert.notEqual(text, statement.text, `the edit leaves ${name} as it is`);
    return { name, text };
  });
}

/** The product's plans with other statements in their place, or beside them. */
export function plansWith(statements: readonly Sql[]): Plans {
  const others = statements.map((one) => [one.name, compileStatement(one)] as const);
  return new Map([...PLANS, ...others]);
}

/** The database of a process, with some statements replaced by the given ones. */
export function databaseWith({ db }: Parts, statements: readonly Sql[]): Database {
  return forMembers(memorySqlDatabase(db, plansWith(statements)));
}

/** The product with edited statements and nothing else changed. */
export function editedSql(edits: Edits): Mutant {
  const plans = plansWith(editedStatements(edits));
  // The product's transactions stay, because the process must end its transactions when it stops.
  return otherPorts(({ core: { withTransaction }, db }) => ({
    ...sqlStores(forMembers(memorySqlDatabase(db, plans))),
    withTransaction,
  }));
}

/** Drops a part of the text. */
export function without(...parts: readonly string[]): Edit {
  return (text) =>
    parts.reduce((rest, part) => {
      assert(rest.includes(part), `"${part}" is not in "${rest}"`);
      return rest.replace(part, "");
    }, text);
}
