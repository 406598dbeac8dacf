import type { StoredValue } from "../database/rows.ts";
import type { Key } from "../database/table.ts";
import { compileExpression } from "./compileExpression.ts";
import { compileGrouping } from "./grouping.ts";
import { compileJoin, type Join, type JoinedSource } from "./join.ts";
import { compileOrder } from "./order.ts";
import type { Run } from "./run.ts";
import type { Compiled, Scope, SourceColumn, Subquery } from "./scope.ts";
import { nameQuery, nameTable, newScope, type Slots } from "./sources.ts";
import type { Expression, Select, Source } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";
import type { Value } from "./values.ts";

export interface OutputColumn {
  readonly name: string;
  readonly compiled: Compiled;
}

/** A SELECT without row locks. */
export interface Query {
  readonly columns: readonly OutputColumn[];
  /** Returns the rows of the answer. `project` makes each row from the current rows of the run. */
  readonly rows: <T>(run: Run, project: (run: Run) => T) => T[];
}

/** Makes a row of a query in FROM: the query's columns by their names. */
function projection(columns: readonly OutputColumn[]) {
  return (run: Run): Readonly<Record<string, StoredValue>> => {
    const row: Record<string, StoredValue> = {};
    for (const { name, compiled } of columns) row[name] = storedForm(compiled.evaluate(run));
    return row;
  };
}

/** Converts a value to its stored form. As in MySQL, a condition is stored as 1 or 0. */
export function storedForm(value: Value): StoredValue {
  return typeof value === "boolean" ? Number(value) : value;
}

/** Compiles a SELECT without row locks. @throws SqlRefusal */
export function compileQuery(select: Select, parent: Scope | undefined, slots: Slots): Query {
  const scope = newScope(parent, (within, around) => compileSubquery(within, around, slots));
  const sources = select.from.map((source) => nameSource(source, scope, slots));
  scope.sources.push(...sources.map(({ named }) => named));
  const join = compileJoin(sources, select.where, scope);
  if (scope.aggregates.length > 0) throw new SqlRefusal("WHERE and ON must not use aggregates");
  const columns = compileColumns(select, scope);
  const order = compileOrder(select.orderBy, scope);
  const limit = compileLimit(select.limit, scope);
  const isGrouped = select.groupBy.length > 0 || scope.aggregates.length > 0;
  const visitAll: Join = isGrouped ? compileGrouping(join, select.groupBy, scope) : join;
  return {
    columns,
    rows(run, project) {
      const max = limit(run);
      if (!order.isGiven) {
        const rows: ReturnType<typeof project>[] = [];
        visitAll(run, () => rows.push(project(run)));
        return rows.length > max ? rows.slice(0, max) : rows;
      }
      const found: { row: ReturnType<typeof project>; keys: readonly (Key | null)[] }[] = [];
      visitAll(run, () => found.push({ keys: order.keysOf(run), row: project(run) }));
      found.sort((a, b) => order.compare(a.keys, b.keys));
      return found.slice(0, max).map(({ row }) => row);
    },
  };
}

/** Compiles LIMIT. Without a LIMIT clause the number of rows is unlimited. */
export function compileLimit(limit: Expression | undefined, scope: Scope): (run: Run) => number {
  if (!limit) return () => Number.POSITIVE_INFINITY;
  const { evaluate } = compileExpression(limit, scope);
  return (run) => Number(evaluate(run));
}

/** @throws SqlRefusal for a column of the SELECT list that has no name */
export function compileColumns(select: Select, scope: Scope): OutputColumn[] {
  return select.columns.map(({ expression, name }, at) => ({
    name: name || `column ${at + 1}`,
    compiled: compileExpression(expression, scope),
  }));
}

function nameSource(source: Source, scope: Scope, slots: Slots): JoinedSource {
  if (typeof source.table === "string") {
    return { source, named: nameTable(source, slots), readQuery: undefined };
  }
  if (source.forcedIndex !== undefined) {
    throw new SqlRefusal("FORCE INDEX needs a table, not a query");
  }
  const query = compileQuery(source.table, scope.parent, slots);
  const columns = new Map<string, SourceColumn>(
    query.columns.map(({ name, compiled: { kind, members } }) => [
      name,
      { property: name, kind, members, type: "" },
    ]),
  );
  const project = projection(query.columns);
  return {
    source,
    named: nameQuery(source.alias, columns, slots),
    readQuery: (run) => run.derived(query, () => query.rows(run, project)),
  };
}

/** Compiles a subquery of one column. The subquery may read the rows of the outer query. */
export function compileSubquery(select: Select, scope: Scope, slots: Slots): Subquery {
  const query = compileQuery(select, scope, slots);
  const [column, second] = query.columns;
  if (!column || second) {
    throw new SqlRefusal("a subquery in an expression must have exactly one column");
  }
  const { compiled } = column;
  return {
    exists: (run) => query.rows(run, () => true).length > 0,
    first: {
      ...compiled,
      evaluate: (run) => query.rows(run, compiled.evaluate)[0] ?? null,
    },
  };
}
