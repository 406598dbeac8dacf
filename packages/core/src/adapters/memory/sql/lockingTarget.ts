import type { Row } from "../database/rows.ts";
import type { Walk } from "../database/statement.ts";
import type { Key } from "../database/table.ts";
import { type AccessPath, choosePath, conjunctsOf } from "./accessPath.ts";
import { compileExpression } from "./compileExpression.ts";
import { compileLimit } from "./compileQuery.ts";
import { allTrue } from "./join.ts";
import { keyReader } from "./keys.ts";
import { compileOrder } from "./order.ts";
import type { Run } from "./run.ts";
import type { NamedSource, Scope } from "./scope.ts";
import { nameTable, newWriteScope, type Slots } from "./sources.ts";
import type { Expression, OrderItem, Source } from "./syntax.ts";
import type { TableSchema } from "./tableSchema.ts";
import { compareKeys } from "./values.ts";

/** The only table of a locking statement, and the access path to its rows. */
export interface LockingTarget {
  readonly source: NamedSource & { readonly table: TableSchema };
  readonly scope: Scope;
  readonly path: AccessPath;
  /** Tests whether a version of a row matches all conditions. */
  readonly matches: (run: Run) => (row: Row) => boolean;
}

export function compileTarget(
  source: Source,
  where: Expression | undefined,
  slots: Slots,
): LockingTarget {
  const scope = newWriteScope();
  const named = nameTable(source, slots);
  scope.sources.push(named);
  const conditions = conjunctsOf(where);
  const { forcedIndex } = source;
  const path = choosePath({ source: named, forcedIndex, conditions, scope, later: new Set() });
  const open = conditions
    .filter((condition) => !path.implied.has(condition))
    .map((condition) => compileExpression(condition, scope).evaluate);
  const { slot } = named;
  return {
    source: named,
    scope,
    path,
    matches: (run) => (row) => {
      run.rows[slot] = row;
      return allTrue(open, run);
    },
  };
}

/** ORDER BY and LIMIT of a locking statement. */
export interface LockOrder {
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expression | undefined;
}

/**
 * With LIMIT and without a bound key, MySQL scans the index of the ORDER BY until it has enough
 * rows. Rows that are equal in this index are in the order of the primary key.
 */
export function compileWalk(
  { orderBy, limit }: LockOrder,
  { source, scope, path }: LockingTarget,
): (run: Run) => Walk<Row> | undefined {
  if (!limit || path.isByKey) return () => undefined;
  const maxOf = compileLimit(limit, scope);
  const order = compileOrder(orderBy, scope);
  const { slot, table } = source;
  const primaryKey = table.primaryKey.columns.map((column) => keyReader([column]));
  return (run) => {
    const keysOf = (row: Row): readonly (Key | null)[] => {
      run.rows[slot] = row;
      return order.keysOf(run);
    };
    return {
      max: maxOf(run),
      order(a, b) {
        const difference = order.compare(keysOf(a), keysOf(b));
        return difference === 0 ? compareParts(primaryKey, a, b) : difference;
      },
    };
  };
}

type KeyPart = (row: Row) => Key | undefined;

/** Compares two rows by a key, one part of the key after the other. */
export function compareParts(parts: readonly KeyPart[], a: Row, b: Row): number {
  for (const part of parts) {
    const difference = compareKeys(part(a) ?? null, part(b) ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}
