import type { Column } from "../database/columns.ts";
import type { StoredValue } from "../database/rows.ts";
import type { Expression } from "./syntax.ts";

/**
 * How MySQL compares the values of a column: "text" by its collation, "binary" text byte by byte,
 * and "enum" by its member.
 */
export type ColumnKind = "number" | "time" | "text" | "binary" | "enum";

export interface ColumnSchema extends Column {
  readonly name: string;
  /** The column's name in the in-memory rows. */
  readonly property: string;
  readonly kind: ColumnKind;
  /** The members of an ENUM in the order of the schema; empty for other types. */
  readonly members: readonly string[];
  /** The value that the column gets when an INSERT does not name the column. */
  readonly initial: StoredValue | { readonly by: "clock" | "counter" };
  /** True when the column has ON UPDATE CURRENT_TIMESTAMP. */
  readonly isTouched: boolean;
}

export interface KeySchema {
  /** The key's name in FORCE INDEX and in errors; "PRIMARY" for the primary key. */
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
  readonly isUnique: boolean;
}

export interface TableSchema {
  readonly name: string;
  /** The table's position in the schema. */
  readonly ordinal: number;
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  readonly primaryKey: KeySchema;
  /** All keys except the primary key; unique keys first. */
  readonly keys: readonly KeySchema[];
  readonly checks: readonly { readonly name: string; readonly condition: Expression }[];
  readonly references: readonly {
    readonly name: string;
    readonly column: ColumnSchema;
    readonly table: string;
  }[];
  /** Rows that the migrations insert. */
  readonly firstRows: readonly Readonly<Record<string, StoredValue>>[];
}
