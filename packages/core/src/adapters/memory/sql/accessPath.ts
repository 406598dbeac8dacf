import type { Row } from "../database/rows.ts";
import type { Candidates } from "../database/statement.ts";
import type { StoredRow } from "../database/table.ts";
import { compileExpression } from "./compileExpression.ts";
import { compileList } from "./functions.ts";
import { keyMaker, prefixName } from "./keys.ts";
import type { Run } from "./run.ts";
import { type Compiled, findColumn, type NamedSource, type Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import type { ColumnSchema, KeySchema, TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";
import { comparable, compareKeys, type Value } from "./values.ts";

/*
 * Chooses the rows that a statement visits, and their order, as MySQL's optimizer would: by the
 * whole primary key if the conditions bind it, else by a unique key, else by the index of which the
 * conditions bind the most columns, else all rows of the table. FORCE INDEX leaves one index to
 * choose from. A statement with ORDER BY and LIMIT then walks these rows; see lockingTarget.ts.
 */

/** The conditions of a statement, one by one: all of them have to hold. */
export function conjunctsOf(expression: Expression | undefined): Expression[] {
  if (!expression) return [];
  if (expression.kind === "binary" && expression.operator === "AND") {
    return [...conjunctsOf(expression.left), ...conjunctsOf(expression.right)];
  }
  return [expression];
}

/** A column that a condition binds to values which are known before the source is read. */
interface Binding {
  readonly values: (run: Run) => readonly Value[];
  /** By IN; else it is one value. */
  readonly isList: boolean;
  readonly condition: Expression;
}

export interface AccessPath {
  /** By a whole key: the row is there or not, and no order of an index matters. */
  readonly isByKey: boolean;
  /** One row at most. */
  readonly isSingle: boolean;
  readonly candidates: (run: Run) => Candidates<Row>;
  /** Conditions that hold for each version of each candidate. */
  readonly implied: ReadonlySet<Expression>;
}

/** What a path is chosen from. */
export interface PathRequest {
  readonly source: NamedSource;
  readonly forcedIndex: string | undefined;
  readonly conditions: readonly Expression[];
  readonly scope: Scope;
  /** Slots of sources that are read after this one. */
  readonly later: ReadonlySet<number>;
}

/** @throws SqlRefusal when the forced index does not exist */
export function choosePath(request: PathRequest): AccessPath {
  const { source, forcedIndex } = request;
  const { table } = source;
  if (!table) throw new SqlRefusal("an index of a query");
  const keys = [table.primaryKey, ...table.keys].filter(
    ({ name }) => forcedIndex === undefined || name === forcedIndex,
  );
  if (keys.length === 0) throw new SqlRefusal(`no index ${forcedIndex} of ${table.name}`);
  const bindings = bindingsOf(request);
  const isWhole = (key: KeySchema): boolean => boundPrefix(key, bindings) === key.columns.length;
  const whole = keys.find((key) => key.isUnique && isWhole(key));
  if (whole) return byKey(table, whole, bindings);
  const [best] = keys
    .map((key) => ({ key, length: boundPrefix(key, bindings) }))
    .sort((a, b) => b.length - a.length);
  if (best && best.length > 0)
    return byPrefix(table, best.key.columns.slice(0, best.length), bindings);
  return {
    isByKey: false,
    isSingle: false,
    candidates: (run) => run.table(table.ordinal).all(),
    implied: new Set(),
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

/** The name of the source's own column, if the expression is one. */
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
  if (name === undefined || bindings.get(name)?.isList === false) return;
  const value = compileExpression(other, request.scope);
  if (!isKnown(request, value)) return;
  const { evaluate } = value;
  bindings.set(name, { values: (run) => [evaluate(run)], isList: false, condition });
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
  bindings.set(name, { values: compileList(list, condition.list), isList: true, condition });
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

function byKey(
  table: TableSchema,
  key: KeySchema,
  bindings: ReadonlyMap<string, Binding>,
): AccessPath {
  const columns = bound(key.columns, bindings);
  const isPrimary = key === table.primaryKey;
  const keysOf = compileKeys(columns);
  return {
    isByKey: true,
    isSingle: columns.every(({ isList }) => !isList),
    // Another version of a row may have another value in a unique index, but never another key.
    implied: new Set(isPrimary ? columns.map(({ condition }) => condition) : []),
    candidates: isPrimary
      ? (run) => {
          const rows = run.table(table.ordinal);
          return found(keysOf(run).map((one) => rows.get(one)));
        }
      : (run) => {
          const rows = run.table(table.ordinal);
          return keysOf(run).flatMap((one) => [...rows.by(key.name, one)]);
        },
  };
}

function found(rows: readonly (StoredRow<Row> | undefined)[]): StoredRow<Row>[] {
  return rows.filter((row) => row !== undefined);
}

function byPrefix(
  table: TableSchema,
  prefix: readonly ColumnSchema[],
  bindings: ReadonlyMap<string, Binding>,
): AccessPath {
  const name = prefixName(prefix);
  const keysOf = compileKeys(bound(prefix, bindings));
  return {
    isByKey: false,
    isSingle: false,
    implied: new Set(),
    candidates(run) {
      const rows = run.table(table.ordinal);
      const keys = keysOf(run);
      const [only] = keys;
      if (keys.length === 1 && only !== undefined) return rows.by(name, only);
      return keys.flatMap((one) => [...rows.by(name, one)]);
    },
  };
}

/** The keys of the bound values, each once, in the order of the index. NULL has none. */
function compileKeys(columns: readonly BoundColumn[]) {
  const make = keyMaker(columns.map(({ column }) => column));
  if (columns.every(({ isList }) => !isList)) {
    return (run: Run) => {
      const key = make(columns.map(({ values }) => values(run)[0] ?? null));
      return key === undefined ? [] : [key];
    };
  }
  return (run: Run) => {
    let lists: Value[][] = [[]];
    for (const { column, values, isList } of columns) {
      const all = isList ? inOrder(values(run), column) : values(run);
      lists = lists.flatMap((list) => all.map((value) => [...list, value]));
    }
    return lists.map(make).filter((key) => key !== undefined);
  };
}

function inOrder(values: readonly Value[], { kind }: ColumnSchema): Value[] {
  const byKey = new Map(
    values.flatMap((value) => (value === null ? [] : [[comparable(value, kind), value] as const])),
  );
  return [...byKey].sort(([a], [b]) => compareKeys(a, b)).map(([, value]) => value);
}
