import { DatabaseFailure } from "./databaseFailures.ts";
import type { Table } from "./table.ts";

/** @throws DatabaseFailure when the row breaks a CHECK or has a text that is too long */
export function requireValid<Row extends object>(table: Table<Row>, row: Row): void {
  for (const [name, holds] of table.checks) {
    if (!holds(row)) throw new DatabaseFailure("other", `CHECK ${name} of ${table.name} fails`);
  }
  for (const [column, width] of table.widths) {
    const value: unknown = Reflect.get(row, column);
    // A character may take two units of a string's length.
    if (typeof value === "string" && value.length > width && [...value].length > width) {
      throw new DatabaseFailure("other", `${column} of ${table.name} is longer than ${width}`);
    }
  }
}
