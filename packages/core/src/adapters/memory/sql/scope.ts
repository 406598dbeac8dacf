import type { Run } from "./run.ts";
import type { Expression, Select } from "./syntax.ts";
import type { ColumnKind, TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";
import type { Value } from "./values.ts";

/**
 * The kind of a value. "any" is the kind of a parameter, a literal or NULL: a comparison treats
 * such a value as the kind of the other side.
 */
export type Kind = ColumnKind | "any";

/** A column that expressions can name. */
export interface SourceColumn {
  readonly property: string;
  readonly kind: Kind;
  /** The members of an ENUM; empty for other types. */
  readonly members: readonly string[];
  /** The type in the schema; empty for a column of a query in FROM. */
  readonly type: string;
}

/** A table or query in FROM. */
export interface NamedSource {
  readonly alias: string;
  /** Index of the source's current row in `Run.rows`. */
  readonly slot: number;
  readonly columns: ReadonlyMap<string, SourceColumn>;
  /** Missing for a query in FROM. */
  readonly table: TableSchema | undefined;
}

export type Evaluate = (run: Run) => Value;

export interface Compiled {
  readonly evaluate: Evaluate;
  readonly kind: Kind;
  readonly members: readonly string[];
  readonly isUnsigned: boolean;
  /** The slots of the sources that the expression reads. */
  readonly uses: ReadonlySet<number>;
  /** The value of a literal; missing for other expressions. */
  readonly constant?: Value;
}

export interface Aggregate {
  readonly name: "COUNT" | "MIN" | "MAX" | "SUM";
  /** The argument of the aggregate; `undefined` for COUNT(*). */
  readonly of: Compiled | undefined;
}

/** A query inside an expression. */
export interface Subquery {
  /** True when the subquery returns a row. */
  readonly exists: (run: Run) => boolean;
  /** The first column of the subquery's first row. */
  readonly first: Compiled;
}

/** The sources in which a query looks up names: its own first, then those of the outer query. */
export interface Scope {
  readonly sources: NamedSource[];
  readonly parent: Scope | undefined;
  /** COUNT, MIN, MAX and SUM in the query's SELECT list and ORDER BY, in the order of their use. */
  readonly aggregates: Aggregate[];
  readonly compileSubquery: (select: Select, scope: Scope) => Subquery;
}

/** @throws SqlRefusal when no source has the column, or when two have it and no table is named */
export function findColumn(
  scope: Scope,
  { table, name }: Extract<Expression, { kind: "column" }>,
): { readonly source: NamedSource; readonly column: SourceColumn } {
  const full = table === undefined ? name : `${table}.${name}`;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.sources.flatMap((source) => {
      const column = source.columns.get(name);
      const isMeant = table === undefined || source.alias === table;
      return column && isMeant ? [{ source, column }] : [];
    });
    if (found.length > 1) throw new SqlRefusal(`column ${full} is ambiguous`);
    if (found[0]) return found[0];
  }
  throw new SqlRefusal(`no column ${full}`);
}
