import type { Column } from "../database/columns.ts";
import type { StoredValue } from "../database/rows.ts";
import type { Expression } from "./syntax.ts";

/**
 * How values of a column compare: a "text" by its collation, a "binary" text byte by byte, and an
 * "enum" by which of its members it is.
 */
export type ColumnKind = "number" | "time" | "text" | "binary" | "enum";

export interface ColumnSchema extends Column {
  readonly name: string;
  /** Its name in the rows in memory. */
  readonly property: string;
  readonly kind: ColumnKind;
  /** Of an ENUM, in their order. */
  readonly members: readonly string[];
  /** What an INSERT that does not name the column gives it. */
  readonly initial: StoredValue | { readonly by: "clock" | "counter" };
  /** ON UPDATE CURRENT_TIMESTAMP. */
  readonly isTouched: boolean;
}

export interface KeySchema {
  /** As FORCE INDEX and errors name it; "PRIMARY" for the primary key. */
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
  readonly isUnique: boolean;
}

export interface TableSchema {
  readonly name: string;
  /** Its place among all tables. */
  readonly ordinal: number;
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  readonly primaryKey: KeySchema;
  /** All but the primary key, unique ones first. */
  readonly keys: readonly KeySchema[];
  readonly checks: readonly { readonly name: string; readonly condition: Expression }[];
  readonly references: readonly {
    readonly name: string;
    readonly column: ColumnSchema;
    readonly table: string;
  }[];
  /** What the migrations insert. */
  readonly firstRows: readonly Readonly<Record<string, StoredValue>>[];
}
