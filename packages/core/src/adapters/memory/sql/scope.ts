import type { Run } from "./run.ts";
import type { Expression, Select } from "./syntax.ts";
import type { ColumnKind, TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";
import type { Value } from "./values.ts";

/** "any" is a parameter, a literal or NULL, which takes the kind of what it is compared with. */
export type Kind = ColumnKind | "any";

/** A column as expressions find it. */
export interface SourceColumn {
  readonly property: string;
  readonly kind: Kind;
  /** Of an ENUM. */
  readonly members: readonly string[];
  /** As the schema has it; empty for a column of a query in FROM. */
  readonly type: string;
}

/** A table or query in FROM. */
export interface NamedSource {
  readonly alias: string;
  /** Its place among the rows of a run. */
  readonly slot: number;
  readonly columns: ReadonlyMap<string, SourceColumn>;
  /** Missing for a query. */
  readonly table: TableSchema | undefined;
}

export type Evaluate = (run: Run) => Value;

export interface Compiled {
  readonly evaluate: Evaluate;
  readonly kind: Kind;
  readonly members: readonly string[];
  readonly isUnsigned: boolean;
  /** The slots of the sources that it looks at. */
  readonly uses: ReadonlySet<number>;
  /** Set for a literal. */
  readonly constant?: Value;
}

export interface Aggregate {
  readonly name: "COUNT" | "MIN" | "MAX";
  /** `undefined` counts rows. */
  readonly of: Compiled | undefined;
}

/** A query within an expression. */
export interface Subquery {
  /** Whether it finds a row. */
  readonly exists: (run: Run) => boolean;
  /** The first column of its first row. */
  readonly first: Compiled;
}

/** Where names are looked up: the sources of a query, then those of the query around it. */
export interface Scope {
  readonly sources: NamedSource[];
  readonly parent: Scope | undefined;
  /** COUNT, MIN and MAX, as the columns and the order of the query name them. */
  readonly aggregates: Aggregate[];
  readonly compileSubquery: (select: Select, scope: Scope) => Subquery;
}

/** @throws SqlRefusal when no source has the column, or two have it and none is named */
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
