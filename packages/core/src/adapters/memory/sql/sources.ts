import { SCHEMA } from "./schema.ts";
import type { NamedSource, Scope, SourceColumn, Subquery } from "./scope.ts";
import type { Select, Source } from "./syntax.ts";
import type { TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";

/** Counts the sources of one statement, including the sources of its subqueries. */
export interface Slots {
  next: number;
}

/** @throws SqlRefusal when the schema has no such table */
export function tableNamed(name: string): TableSchema {
  const table = SCHEMA.get(name);
  if (!table) throw new SqlRefusal(`no table ${name}`);
  return table;
}

/** Makes a source of a table. @throws SqlRefusal for a query */
export function nameTable(
  { table, alias }: Source,
  slots: Slots,
): NamedSource & { readonly table: TableSchema } {
  if (typeof table !== "string") throw new SqlRefusal("this statement needs a table, not a query");
  const schema = tableNamed(table);
  return { alias, slot: takeSlot(slots), columns: schema.columns, table: schema };
}

/** Makes a source of a query in FROM. */
export function nameQuery(
  alias: string,
  columns: ReadonlyMap<string, SourceColumn>,
  slots: Slots,
): NamedSource {
  return { alias, slot: takeSlot(slots), columns, table: undefined };
}

function takeSlot(slots: Slots): number {
  const slot = slots.next;
  slots.next += 1;
  return slot;
}

/**
 * The scope of an UPDATE or a DELETE. Such a statement must not contain a query: MySQL refuses a
 * query that reads the written table, and MariaDB executes the assignments differently.
 */
export function newWriteScope(): Scope {
  return newScope(undefined, () => {
    throw new SqlRefusal("a locking statement must not contain a subquery");
  });
}

/** Creates a scope without sources. */
export function newScope(
  parent: Scope | undefined,
  compileSubquery: (select: Select, scope: Scope) => Subquery,
): Scope {
  return { sources: [], parent, aggregates: [], compileSubquery };
}
