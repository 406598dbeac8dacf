import { DatabaseFailure } from "./databaseFailures.ts";
import type { Table } from "./table.ts";

/**
 * The action of INSERT for a duplicate key: fail, insert nothing (INSERT IGNORE), or insert nothing
 * and lock the other row (ON DUPLICATE KEY UPDATE without a change).
 */
export type OnDuplicate = "fail" | "ignore" | "lock";

/** @throws DatabaseFailure when a column refuses its value, or the row violates a CHECK */
export function requireValid<Row extends object>(table: Table<Row>, row: Row): void {
  for (const [name, column] of table.columns) {
    if (column.takes(Reflect.get(row, name))) continue;
    throw new DatabaseFailure("other", `${name} of ${table.name} does not fit ${column.type}`);
  }
  for (const [name, holds] of table.checks) {
    if (!holds(row)) throw new DatabaseFailure("other", `CHECK ${name} of ${table.name} fails`);
  }
}

/** @throws DatabaseFailure "duplicate" when the statement must fail */
export function duplicate<Row extends object>(
  table: Table<Row>,
  name: string,
  onDuplicate: OnDuplicate,
): "duplicate" {
  if (onDuplicate !== "fail") return "duplicate";
  throw new DatabaseFailure("duplicate", `duplicate value for key ${name} of ${table.name}`);
}
