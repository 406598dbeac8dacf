import type { Key } from "../database/table.ts";
import { keyOfKind } from "./comparisons.ts";
import { keyOf } from "./keys.ts";
import type { Run } from "./run.ts";
import type { Compiled, Evaluate } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import type { ColumnSchema, KeySchema } from "./tableSchema.ts";
import { comparable, compareKeys, rowsOf, type Value } from "./values.ts";

/** Compiles `(a, b) IN (:rows)`. A column that is NULL has no equal row. */
export function compileRowIn(columns: readonly Compiled[], name: string): Evaluate {
  const parts = columns.map(({ evaluate, kind, members }) => {
    const keyOf = keyOfKind(kind, members);
    const key = (value: Value): Key | null => (value === null ? null : keyOf(value));
    return { evaluate, key };
  });
  return (run) => {
    const own = parts.map(({ evaluate, key }) => key(evaluate(run)));
    if (own.includes(null)) return null;
    return rowsOf(run.values, name).some((row) =>
      parts.every(({ key }, at) => key(row[at] ?? null) === own[at]),
    );
  };
}

/** The keys that `(a, b) IN (:rows)` gives for the first columns of an index. */
export interface RowKeys {
  readonly columns: readonly ColumnSchema[];
  /** The keys of the rows, each once, in index order. A row with NULL has no key. */
  readonly keys: (run: Run) => readonly Key[];
}

/** @returns undefined unless the condition names the first columns of the index and no others */
export function rowKeysOf(
  { of, name: parameter }: Extract<Expression, { kind: "rowIn" }>,
  index: KeySchema,
): RowKeys | undefined {
  const columns = index.columns.slice(0, of.length);
  const places = columns.map((column) => of.findIndex(({ name }) => name === column.name));
  if (places.length < of.length || places.includes(-1)) return undefined;
  const parts = columns.map(({ kind }, at) => (row: readonly Value[]): Key | null => {
    const value = row[places[at] ?? 0] ?? null;
    return value === null ? null : comparable(value, kind);
  });
  return {
    columns,
    keys(run) {
      const rows = rowsOf(run.values, parameter).map((row) => parts.map((part) => part(row)));
      const known = rows.filter((row): row is Key[] => !row.includes(null));
      known.sort(compareLists);
      return [...new Set(known.map((row) => keyOf(...row)))];
    },
  };
}

function compareLists(a: readonly Key[], b: readonly Key[]): number {
  for (const [at, part] of a.entries()) {
    const difference = compareKeys(part, b[at] ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}
