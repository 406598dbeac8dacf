import type { Row, StoredValue } from "../database/rows.ts";
import { eachInOrder, type Served, whenServed } from "../database/served.ts";
import type { StoredRow, Table } from "../database/table.ts";
import { columnNamed, compileSet, keptBy } from "./assignments.ts";
import { compileExpression } from "./compileExpression.ts";
import { compileQuery, compileSubquery } from "./compileQuery.ts";
import type { Run } from "./run.ts";
import { newScope, newWriteScope, type Slots, tableNamed } from "./sources.ts";
import type { Insert } from "./syntax.ts";
import type { ColumnSchema, TableSchema } from "./tableSchema.ts";
import { rowsOf, type Value } from "./values.ts";

/**
 * Compiles an INSERT, which inserts its rows one after the other.
 * @returns a function that runs the INSERT and returns the number of new rows
 * @throws SqlRefusal
 */
export function compileInsert(statement: Insert, slots: Slots): (run: Run) => Served<number> {
  const table = tableNamed(statement.table);
  const makeRow = compileNewRow(statement, table);
  const counter = [...table.columns.values()].find(isCounter)?.property;
  const listsOf = compileRows(statement.rows, slots);
  const { onDuplicate } = statement;
  const updates = typeof onDuplicate === "string" ? undefined : onDuplicate;
  const update = updates && compileDuplicate({ ...statement, onDuplicate: updates }, table, slots);
  const mode = typeof onDuplicate === "string" ? onDuplicate : "lock";
  return (run) => {
    const rows = run.table(table.ordinal);
    let inserted = 0;
    const insertOne = (values: readonly Value[]): Served<unknown> => {
      const row = makeRow(run, rows, values);
      return whenServed(run.statement.insert<Row>(rows, row, mode), (isNew): Served<unknown> => {
        if (!isNew) return update?.(run, rows, row);
        inserted += 1;
        if (inserted === 1 && counter !== undefined) run.insertId = Number(row[counter]);
        return undefined;
      });
    };
    const all = eachInOrder(listsOf(run), insertOne);
    return all ? all.then(() => inserted) : inserted;
  };
}

function compileNewRow({ columns: names }: Insert, table: TableSchema) {
  const named = names.map((name) => columnNamed(table, name));
  const columns = [...table.columns.values()].map((column) => ({
    column,
    at: named.indexOf(column),
  }));
  // The start of every new row. Copying this object is faster than building a row property by
  // property.
  const empty = Object.fromEntries(columns.map(({ column }) => [column.property, null] as const));
  return (run: Run, rows: Table<Row>, values: readonly Value[]): Row => {
    const row: Record<string, StoredValue> = Object.assign({}, empty);
    for (const { column, at } of columns) {
      row[column.property] =
        at < 0 ? initialValue(column, run, rows) : keptBy(column, values[at] ?? null);
    }
    return row;
  };
}

/** ON DUPLICATE KEY UPDATE: changes the row with the same key, which the INSERT has locked. */
function compileDuplicate(
  { onDuplicate }: Insert & { readonly onDuplicate: Exclude<Insert["onDuplicate"], string> },
  table: TableSchema,
  slots: Slots,
) {
  const scope = newWriteScope();
  const source = { alias: table.name, slot: slots.next, columns: table.columns, table };
  slots.next += 1;
  scope.sources.push(source);
  const set = compileSet(onDuplicate, source, table, scope);
  return (run: Run, rows: Table<Row>, row: Row): Served<number> =>
    run.statement.update(
      rows,
      holdersOf(rows, row)
        .filter((stored) => run.read([stored]).length > 0)
        .slice(0, 1),
      () => true,
      (before) => set(run, before),
    );
}

/**
 * Returns the rows that have one of the row's unique values; the row with the primary key first.
 */
function holdersOf(rows: Table<Row>, row: Row): StoredRow<Row>[] {
  const byPrimaryKey = rows.get(rows.keyOf(row));
  const byUniqueKeys = rows.unique.flatMap(([name, reader]) => {
    const key = reader.of(row);
    return key === undefined ? [] : [...rows.by(name, key)];
  });
  return byPrimaryKey ? [byPrimaryKey, ...byUniqueKeys] : byUniqueKeys;
}

function isCounter({ initial }: ColumnSchema): boolean {
  return typeof initial === "object" && initial?.by === "counter";
}

function initialValue({ initial }: ColumnSchema, { nowUs }: Run, rows: Table<Row>): StoredValue {
  if (typeof initial !== "object" || initial === null) return initial;
  return initial.by === "clock" ? nowUs : rows.nextId();
}

function compileRows(
  rows: Insert["rows"],
  slots: Slots,
): (run: Run) => readonly (readonly Value[])[] {
  if (rows.kind === "parameter") return ({ values }) => rowsOf(values, rows.name);
  if (rows.kind === "select") {
    const query = compileQuery(rows.select, undefined, slots);
    const evaluates = query.columns.map(({ compiled }) => compiled.evaluate);
    return (run) => query.rows(run, () => evaluates.map((evaluate) => evaluate(run)));
  }
  const scope = newScope(undefined, (select, around) => compileSubquery(select, around, slots));
  const lists = rows.lists.map((list) =>
    list.map((expression) => compileExpression(expression, scope).evaluate),
  );
  return (run) => lists.map((list) => list.map((evaluate) => evaluate(run)));
}
