import { DatabaseFailure } from "./databaseFailures.ts";
import type { Table } from "./table.ts";

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
