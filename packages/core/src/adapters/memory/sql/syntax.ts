/*
 * The syntax tree of the part of MySQL's SQL that the stores use. The parser refuses all other SQL,
 * so that a statement never has another meaning here than in MySQL.
 */

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | null }
  | { readonly kind: "parameter"; readonly name: string }
  | ColumnName
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "isNull"; readonly of: Expression; readonly isNegated: boolean }
  | { readonly kind: "in"; readonly of: Expression; readonly list: readonly Expression[] }
  /** `(a, b) IN (:rows)`: the columns have the values of one of the parameter's rows. */
  | { readonly kind: "rowIn"; readonly of: readonly ColumnName[]; readonly name: string }
  | {
      readonly kind: "like";
      readonly of: Expression;
      readonly pattern: Expression;
      readonly escape: string;
      /** True with COLLATE utf8mb4_unicode_520_ci, the only collation that a statement names. */
      readonly isByUnicode: boolean;
    }
  | { readonly kind: "select"; readonly select: Select }
  | { readonly kind: "exists"; readonly select: Select };

export interface ColumnName {
  readonly kind: "column";
  readonly table: string | undefined;
  readonly name: string;
}

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";
export type BinaryOperator = Comparison | "AND" | "OR" | "+" | "-";

/** A table or a query in FROM, and how it is joined to the earlier sources. */
export interface Source {
  readonly table: string | Select;
  readonly alias: string;
  /** The name of the index in FORCE INDEX. */
  readonly forcedIndex: string | undefined;
  readonly join: "first" | "inner" | "left" | "straight";
  readonly on: Expression | undefined;
}

export interface OrderItem {
  readonly by: Expression;
  readonly isDescending: boolean;
}

export interface Select {
  readonly verb: "SELECT";
  readonly columns: readonly { readonly expression: Expression; readonly name: string }[];
  readonly from: readonly Source[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expression | undefined;
  /** Row locks: "exclusive" for FOR UPDATE, "shared" for LOCK IN SHARE MODE. */
  readonly lock: "none" | "exclusive" | "shared";
  /** Behaviour at a locked row: "skip" for SKIP LOCKED, "nowait" for NOWAIT. */
  readonly wait: "wait" | "skip" | "nowait";
}

export interface Insert {
  readonly verb: "INSERT";
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows:
    | { readonly kind: "lists"; readonly lists: readonly (readonly Expression[])[] }
    /** `VALUES :rows`: the parameter that has the rows. */
    | { readonly kind: "parameter"; readonly name: string }
    | { readonly kind: "select"; readonly select: Select };
  /** "ignore" for INSERT IGNORE; a list of assignments for ON DUPLICATE KEY UPDATE. */
  readonly onDuplicate: "fail" | "ignore" | readonly Assignment[];
}

export interface Assignment {
  readonly table: string | undefined;
  readonly column: string;
  readonly to: Expression;
}

export interface Update {
  readonly verb: "UPDATE";
  readonly from: readonly Source[];
  readonly set: readonly Assignment[];
  readonly where: Expression | undefined;
}

export interface Delete {
  readonly verb: "DELETE";
  readonly from: Source;
  readonly where: Expression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expression | undefined;
}

export type SqlStatement = Select | Insert | Update | Delete;
