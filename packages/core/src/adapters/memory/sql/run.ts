import assert from "node:assert/strict";
import type { SqlValues } from "../../sql/database.ts";
import type { Row } from "../database/rows.ts";
import type { Candidates, Statement } from "../database/statement.ts";
import type { Table } from "../database/table.ts";
import type { Value } from "./values.ts";

const NO_VALUES: SqlValues = {};
const NO_AGGREGATES: readonly Value[] = [];

/** One run of a compiled statement: what its expressions look at. */
export class Run {
  readonly values: SqlValues;
  /** NOW(6); time stands still within a statement. */
  readonly nowUs: number;
  /** The row of each source at this moment; `undefined` is an outer join's row of NULLs. */
  readonly rows: (Row | undefined)[] = [];
  /** COUNT, MIN and MAX of the group at this moment. */
  aggregates: readonly Value[] = NO_AGGREGATES;
  /** What LAST_INSERT_ID() was given, or the id of the first inserted row. */
  insertId = 0;
  readonly #statement: Statement | undefined;
  readonly #tables: readonly Table<Row>[];
  #derived: Map<object, readonly Row[]> | undefined;

  /** @param statement is missing where no table is read: in a CHECK */
  constructor(
    values: SqlValues = NO_VALUES,
    statement?: Statement,
    tables: readonly Table<Row>[] = [],
  ) {
    this.values = values;
    this.nowUs = statement?.nowUs ?? 0;
    this.#statement = statement;
    this.#tables = tables;
  }

  get statement(): Statement {
    assert(this.#statement, "no table is read here");
    return this.#statement;
  }

  table(ordinal: number): Table<Row> {
    const table = this.#tables[ordinal];
    assert(table, "a database has all tables of the schema");
    return table;
  }

  /** Plain reads of rows, in the given order. */
  read(candidates: Candidates<Row>): readonly Row[] {
    return this.statement.read(candidates);
  }

  /** The rows of a query in FROM, which is run once for a statement. */
  derived(query: object, run: () => readonly Row[]): readonly Row[] {
    this.#derived ??= new Map();
    let rows = this.#derived.get(query);
    if (!rows) {
      rows = run();
      this.#derived.set(query, rows);
    }
    return rows;
  }
}
