import { SCHEMA } from "./schema.ts";
import type { NamedSource, Scope, SourceColumn, Subquery } from "./scope.ts";
import type { Select, Source } from "./syntax.ts";
import type { TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";

/** Counts the sources of one statement, those of the queries within it among them. */
export interface Slots {
  next: number;
}

/** @throws SqlRefusal */
export function tableNamed(name: string): TableSchema {
  const table = SCHEMA.get(name);
  if (!table) throw new SqlRefusal(`no table ${name}`);
  return table;
}

/** A table as a source. @throws SqlRefusal for a query */
export function nameTable(
  { table, alias }: Source,
  slots: Slots,
): NamedSource & { readonly table: TableSchema } {
  if (typeof table !== "string") throw new SqlRefusal("a query where a table belongs");
  const schema = tableNamed(table);
  return { alias, slot: takeSlot(slots), columns: schema.columns, table: schema };
}

/** The answer of a query as a source. */
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
 * The scope of an UPDATE or a DELETE, which holds no query: MySQL refuses one that reads the table
 * which is written, and MariaDB then assigns in another way.
 */
export function newWriteScope(): Scope {
  return newScope(undefined, () => {
    throw new SqlRefusal("a query within a statement that locks");
  });
}

/** A scope without sources yet. */
export function newScope(
  parent: Scope | undefined,
  compileSubquery: (select: Select, scope: Scope) => Subquery,
): Scope {
  return { sources: [], parent, aggregates: [], compileSubquery };
}
