import assert from "node:assert/strict";
import type { SqlValues } from "../../sql/database.ts";
import type { Row } from "../database/rows.ts";
import type { Candidates, Statement } from "../database/statement.ts";
import type { StoredRow, Table } from "../database/table.ts";
import type { Value } from "./values.ts";

const NO_VALUES: SqlValues = {};
const NO_AGGREGATES: readonly Value[] = [];

/** One run of a compiled statement: the state that its expressions read. */
export class Run {
  readonly values: SqlValues;
  /** The value of NOW(6). It does not change within a statement. */
  readonly nowUs: number;
  /** The current row of each source. `undefined` is a row of NULLs of an outer join. */
  readonly rows: (Row | undefined)[] = [];
  /** The values of COUNT, MIN, MAX and SUM for the current group. */
  aggregates: readonly Value[] = NO_AGGREGATES;
  /** The argument of LAST_INSERT_ID(expr), or the id of the first inserted row. */
  insertId = 0;
  readonly #statement: Statement | undefined;
  readonly #tables: readonly Table<Row>[];
  #derived: Map<object, readonly Row[]> | undefined;

  /** @param statement missing in a CHECK, which reads no table */
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

  /** Reads rows without locks, in the given order. */
  read(candidates: Candidates<Row>): readonly Row[] {
    return this.statement.read(candidates);
  }

  /** Reads a row without a lock. */
  visible(stored: StoredRow<Row> | undefined): Row | undefined {
    return stored && this.statement.visible(stored);
  }

  /** Returns the rows of a query in FROM. The query runs once for each run of the statement. */
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
