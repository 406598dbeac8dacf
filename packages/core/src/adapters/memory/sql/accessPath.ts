import type { Row } from "../database/rows.ts";
import type { Candidates } from "../database/statement.ts";
import type { Key, StoredRow, Table } from "../database/table.ts";
import { compileExpression } from "./compileExpression.ts";
import { compileList } from "./functions.ts";
import { keyMaker, prefixName } from "./keys.ts";
import { type RowKeys, rowKeysOf } from "./rowIn.ts";
import type { Run } from "./run.ts";
import { type Compiled, findColumn, type NamedSource, type Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import type { ColumnSchema, KeySchema, TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";
import { comparable, compareKeys, type Value } from "./values.ts";

/*
 * Chooses the rows that a statement visits and their order, as MySQL's optimizer would. The first
 * of these that the conditions allow is used: the whole primary key, a whole unique key, the index
 * with the most bound columns, all rows of the table. With FORCE INDEX only the forced index is
 * considered. A statement with ORDER BY and LIMIT then scans these rows in order; see
 * lockingTarget.ts.
 */

/** Splits a condition at AND. A row matches when all parts are true. */
export function conjunctsOf(expression: Expression | undefined): Expression[] {
  if (!expression) return [];
  if (expression.kind === "binary" && expression.operator === "AND") {
    return [...conjunctsOf(expression.left), ...conjunctsOf(expression.right)];
  }
  return [expression];
}

/**
 * A condition that gives the values of a column: `=` or IN. The values are known before the
 * statement reads the column's table.
 */
interface Binding {
  readonly condition: Expression;
  /** The value of an `=` condition; missing for IN. */
  readonly value: ((run: Run) => Value) | undefined;
  readonly values: (run: Run) => readonly Value[];
}

export interface AccessPath {
  /**
   * True when the conditions give a value for every column of a unique key. Each key then matches
   * at most one row, so the index order does not matter.
   */
  readonly isByKey: boolean;
  /** True when the path yields at most one row. */
  readonly isSingle: boolean;
  /**
   * Finds the only candidate of a path by the whole primary key, without a list; missing for other
   * paths.
   */
  readonly find?: (run: Run) => StoredRow<Row> | undefined;
  readonly candidates: (run: Run) => Candidates<Row>;
  /** Conditions that every version of every candidate satisfies, so that they need no check. */
  readonly implied: ReadonlySet<Expression>;
}

/** The input of `choosePath`. */
export interface PathRequest {
  readonly source: NamedSource;
  readonly forcedIndex: string | undefined;
  readonly conditions: readonly Expression[];
  readonly scope: Scope;
  /** Slots of sources that the join reads after this source. */
  readonly later: ReadonlySet<number>;
}

/** @throws SqlRefusal when the forced index does not exist */
export function choosePath(request: PathRequest): AccessPath {
  const { source, forcedIndex } = request;
  const { table } = source;
  if (!table) throw new SqlRefusal("FORCE INDEX needs a table, not a query");
  const keys = [table.primaryKey, ...table.keys].filter(
    ({ name }) => forcedIndex === undefined || name === forcedIndex,
  );
  if (keys.length === 0) throw new SqlRefusal(`table ${table.name} has no index ${forcedIndex}`);
  const byRows = rowsPath(request, table, keys);
  if (byRows) return byRows;
  const bindings = bindingsOf(request);
  const isWhole = (key: KeySchema): boolean => boundPrefix(key, bindings) === key.columns.length;
  const whole = keys.find((key) => key.isUnique && isWhole(key));
  if (whole) return byKey(table, whole, bindings);
  const [best] = keys
    .map((key) => key.columns.slice(0, boundPrefix(key, bindings)))
    .sort((a, b) => b.length - a.length);
  if (best && best.length > 0) return byPrefix(table, best, bindings);
  const candidates = (run: Run): Candidates<Row> => run.table(table.ordinal).all();
  return { isByKey: false, isSingle: false, candidates, implied: new Set() };
}

/** The path of a condition `(a, b) IN (:rows)` on the first columns of an index. */
function rowsPath(
  request: PathRequest,
  table: TableSchema,
  keys: readonly KeySchema[],
): AccessPath | undefined {
  for (const condition of request.conditions) {
    if (condition.kind !== "rowIn") continue;
    if (condition.of.some((column) => ownColumn(request, column) === undefined)) continue;
    for (const key of keys) {
      const found = rowKeysOf(condition, key);
      if (found) return byRowKeys(table, key, found, condition);
    }
  }
  return undefined;
}

function byRowKeys(
  table: TableSchema,
  index: KeySchema,
  { columns, keys }: RowKeys,
  condition: Expression,
): AccessPath {
  const isWhole = columns.length === index.columns.length;
  const isPrimary = isWhole && index === table.primaryKey;
  const name = isWhole ? index.name : prefixName(columns);
  return {
    isByKey: isWhole && index.isUnique,
    isSingle: false,
    implied: new Set(isPrimary ? [condition] : []),
    candidates(run) {
      const rows = run.table(table.ordinal);
      if (isPrimary) return keys(run).flatMap((one) => rows.get(one) ?? []);
      return keys(run).flatMap((one) => [...rows.by(name, one)]);
    },
  };
}

function boundPrefix({ columns }: KeySchema, bindings: ReadonlyMap<string, Binding>): number {
  const free = columns.findIndex(({ name }) => !bindings.has(name));
  return free < 0 ? columns.length : free;
}

function bindingsOf(request: PathRequest): Map<string, Binding> {
  const bindings = new Map<string, Binding>();
  for (const condition of request.conditions) {
    if (condition.kind === "binary" && condition.operator === "=") {
      const { left, right } = condition;
      bindOne(request, bindings, condition, left, right);
      bindOne(request, bindings, condition, right, left);
    }
    if (condition.kind === "in") bindList(request, bindings, condition);
  }
  return bindings;
}

/** Returns the column's name if the expression is a column of this source. */
function ownColumn({ source, scope }: PathRequest, expression: Expression): string | undefined {
  if (expression.kind !== "column") return undefined;
  return findColumn(scope, expression).source === source ? expression.name : undefined;
}

function isKnown({ source, later }: PathRequest, { uses }: Compiled): boolean {
  return !uses.has(source.slot) && [...uses].every((slot) => !later.has(slot));
}

function bindOne(
  request: PathRequest,
  bindings: Map<string, Binding>,
  condition: Expression,
  own: Expression,
  other: Expression,
): void {
  const name = ownColumn(request, own);
  if (name === undefined || bindings.get(name)?.value) return;
  const value = compileExpression(other, request.scope);
  if (!isKnown(request, value)) return;
  const { evaluate } = value;
  bindings.set(name, { value: evaluate, values: (run) => [evaluate(run)], condition });
}

function bindList(
  request: PathRequest,
  bindings: Map<string, Binding>,
  condition: Extract<Expression, { kind: "in" }>,
): void {
  const name = ownColumn(request, condition.of);
  if (name === undefined || bindings.has(name)) return;
  const list = condition.list.map((one) => compileExpression(one, request.scope));
  if (!list.every((one) => isKnown(request, one))) return;
  bindings.set(name, { value: undefined, values: compileList(list, condition.list), condition });
}

interface BoundColumn extends Binding {
  readonly column: ColumnSchema;
}

function bound(
  columns: readonly ColumnSchema[],
  bindings: ReadonlyMap<string, Binding>,
): BoundColumn[] {
  return columns.flatMap((column) => {
    const binding = bindings.get(column.name);
    return binding ? [{ column, ...binding }] : [];
  });
}

const NO_ROW: readonly StoredRow<Row>[] = [];

function byKey(
  table: TableSchema,
  key: KeySchema,
  bindings: ReadonlyMap<string, Binding>,
): AccessPath {
  const columns = bound(key.columns, bindings);
  const isPrimary = key === table.primaryKey;
  const keyOf = compileKey(columns);
  const keysOf = compileKeys(columns);
  const { ordinal } = table;
  const find = (run: Run): StoredRow<Row> | undefined => {
    const one = keyOf?.(run);
    return one === undefined ? undefined : run.table(ordinal).get(one);
  };
  const rowsOf: (rows: Table<Row>, one: Key) => Candidates<Row> = isPrimary
    ? (rows, one) => {
        const row = rows.get(one);
        return row ? [row] : NO_ROW;
      }
    : (rows, one) => rows.by(key.name, one);
  return {
    isByKey: true,
    isSingle: keyOf !== undefined,
    ...(isPrimary && keyOf && { find }),
    // Rows that the primary key finds need no second check of its conditions, because all versions
    // of a row have the same primary key. A row that a unique index finds needs the check: another
    // version of the row may have another value in the indexed column.
    implied: new Set(isPrimary ? columns.map(({ condition }) => condition) : []),
    candidates(run) {
      const rows = run.table(ordinal);
      if (!keyOf) return keysOf(run).flatMap((one) => [...rowsOf(rows, one)]);
      const one = keyOf(run);
      return one === undefined ? NO_ROW : rowsOf(rows, one);
    },
  };
}

function byPrefix(
  table: TableSchema,
  prefix: readonly ColumnSchema[],
  bindings: ReadonlyMap<string, Binding>,
): AccessPath {
  const name = prefixName(prefix);
  const columns = bound(prefix, bindings);
  const keyOf = compileKey(columns);
  const keysOf = compileKeys(columns);
  const { ordinal } = table;
  return {
    isByKey: false,
    isSingle: false,
    implied: new Set(),
    candidates(run) {
      const rows = run.table(ordinal);
      if (!keyOf) return keysOf(run).flatMap((one) => [...rows.by(name, one)]);
      const one = keyOf(run);
      return one === undefined ? NO_ROW : rows.by(name, one);
    },
  };
}

/** Makes a key of `=` conditions; missing when IN binds one of the columns. */
function compileKey(columns: readonly BoundColumn[]): ((run: Run) => Key | undefined) | undefined {
  const values = columns.flatMap(({ column, value }) => (value ? [{ column, value }] : []));
  return values.length < columns.length ? undefined : keyMaker(values);
}

/** Makes the keys of the bound values, each once, in index order. NULL makes no key. */
function compileKeys(columns: readonly BoundColumn[]): (run: Run) => readonly Key[] {
  const [first, second] = columns;
  if (first && !second) return (run) => keysInOrder(first.values(run), first.column);
  const make = keyMaker(
    columns.map(({ column }, at) => ({
      column,
      value: (list: readonly Value[]) => list[at] ?? null,
    })),
  );
  return (run) => {
    let lists: Value[][] = [[]];
    for (const { column, values, value } of columns) {
      const all = value ? [value(run)] : inOrder(values(run), column);
      lists = lists.flatMap((list) => all.map((one) => [...list, one]));
    }
    return lists.map(make).filter((key) => key !== undefined);
  };
}

function keysInOrder(values: readonly Value[], { kind }: ColumnSchema): readonly Key[] {
  const keys = values.flatMap((value) => (value === null ? [] : [comparable(value, kind)]));
  return keys.length < 2 ? keys : [...new Set(keys)].sort(compareKeys);
}

function inOrder(values: readonly Value[], { kind }: ColumnSchema): readonly Value[] {
  if (values.length < 2) return values;
  const byKey = new Map(
    values.flatMap((value) => (value === null ? [] : [[comparable(value, kind), value] as const])),
  );
  return [...byKey].sort(([a], [b]) => compareKeys(a, b)).map(([, value]) => value);
}
