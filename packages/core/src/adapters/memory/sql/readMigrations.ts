import type { Migration } from "../../sql/migrations/migration.ts";
import { parseExpression, parseStatement } from "./parseStatement.ts";
import { readColumn, takesTextOptions } from "./readColumn.ts";
import type { Insert } from "./syntax.ts";
import type { ColumnSchema, KeySchema, TableSchema } from "./tableSchema.ts";
import { SqlRefusal, TokenReader } from "./tokens.ts";

interface NamedKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
}

/** A table whose migrations are still being read. */
interface Draft {
  readonly columns: Map<string, ColumnSchema>;
  readonly keys: NamedKey[];
  readonly checks: TableSchema["checks"][number][];
  readonly references: { readonly name: string; readonly column: string; readonly table: string }[];
  readonly firstRows: TableSchema["firstRows"][number][];
}

/**
 * Reads the schema from the migrations that create it in MySQL.
 * @throws SqlRefusal with the migration's name for unsupported SQL
 */
export function readMigrations(migrations: readonly Migration[]): Map<string, TableSchema> {
  const drafts = new Map<string, Draft>();
  for (const { name, statements } of migrations) {
    for (const statement of statements) {
      try {
        readDefinition(statement, drafts);
      } catch (error) {
        if (!(error instanceof SqlRefusal)) throw error;
        throw new SqlRefusal(`migration ${name}: ${error.message}`, { cause: error });
      }
    }
  }
  const all = [...drafts].map(([name, draft], ordinal) => tableOf(name, ordinal, draft));
  return new Map(all.map((table) => [table.name, table]));
}

function readDefinition(statement: string, drafts: Map<string, Draft>): void {
  const tokens = new TokenReader(statement);
  if (tokens.isWord("INSERT")) {
    addFirstRows(statement, drafts);
    return;
  }
  if (tokens.takes("CREATE", "INDEX")) {
    const name = tokens.name();
    tokens.expect("ON");
    const draft = draftOf(tokens.name(), drafts);
    draft.keys.push({ name, columns: namesOf(tokens), isUnique: false });
  } else if (tokens.takes("CREATE", "TABLE")) {
    const name = tokens.name();
    const draft: Draft = {
      columns: new Map(),
      keys: [],
      checks: [],
      references: [],
      firstRows: [],
    };
    drafts.set(name, draft);
    tokens.inBrackets(() => tokens.list(() => readPart(tokens, draft)));
  } else {
    tokens.expect("ALTER", "TABLE");
    const draft = draftOf(tokens.name(), drafts);
    tokens.list(() => readChange(tokens, draft));
  }
  tokens.expectEnd();
}

/** Reads one change of ALTER TABLE. */
function readChange(tokens: TokenReader, draft: Draft): void {
  const isUnique = tokens.takes("ADD", "UNIQUE", "INDEX");
  if (isUnique || tokens.takes("ADD", "INDEX")) {
    draft.keys.push({ name: tokens.name(), columns: namesOf(tokens), isUnique });
  } else if (tokens.takes("DROP", "INDEX")) {
    const index = tokens.name();
    const at = draft.keys.findIndex(({ name }) => name === index);
    if (at < 0) throw new SqlRefusal(`no index ${index}`);
    draft.keys.splice(at, 1);
  } else if (tokens.takes("DROP", "CONSTRAINT")) {
    const constraint = tokens.name();
    const at = draft.checks.findIndex(({ name }) => name === constraint);
    if (at < 0) throw new SqlRefusal(`no CHECK constraint ${constraint}`);
    draft.checks.splice(at, 1);
  } else if (tokens.takes("ADD", "CONSTRAINT")) {
    readConstraint(tokens, draft);
  } else if (tokens.takes("DEFAULT")) {
    if (!takesTextOptions(tokens)) tokens.refuse("utf8mb4_general_ci");
  } else {
    if (!tokens.takes("MODIFY")) tokens.expect("ADD", "COLUMN");
    addColumn(tokens, draft);
  }
}

function draftOf(name: string, drafts: ReadonlyMap<string, Draft>): Draft {
  const draft = drafts.get(name);
  if (!draft) throw new SqlRefusal(`no table ${name}`);
  return draft;
}

function namesOf(tokens: TokenReader): string[] {
  return tokens.inBrackets(() => tokens.list(() => tokens.name()));
}

function readPart(tokens: TokenReader, draft: Draft): void {
  if (tokens.takes("PRIMARY", "KEY")) {
    draft.keys.push({ name: "PRIMARY", columns: namesOf(tokens), isUnique: true });
  } else if (tokens.takes("UNIQUE", "KEY")) {
    draft.keys.push({ name: tokens.name(), columns: namesOf(tokens), isUnique: true });
  } else if (tokens.takes("KEY")) {
    draft.keys.push({ name: tokens.name(), columns: namesOf(tokens), isUnique: false });
  } else if (tokens.takes("CONSTRAINT")) {
    readConstraint(tokens, draft);
  } else {
    addColumn(tokens, draft);
  }
}

function readConstraint(tokens: TokenReader, draft: Draft): void {
  const name = tokens.name();
  if (tokens.takes("CHECK")) {
    draft.checks.push({ name, condition: tokens.inBrackets(() => parseExpression(tokens)) });
    return;
  }
  tokens.expect("FOREIGN", "KEY");
  const column = tokens.inBrackets(() => tokens.name());
  tokens.expect("REFERENCES");
  const table = tokens.name();
  tokens.inBrackets(() => tokens.name());
  draft.references.push({ name, column, table });
}

function addColumn(tokens: TokenReader, draft: Draft): void {
  const { column, isPrimaryKey } = readColumn(tokens);
  draft.columns.set(column.name, column);
  if (isPrimaryKey) draft.keys.push({ name: "PRIMARY", columns: [column.name], isUnique: true });
}

function addFirstRows(text: string, drafts: ReadonlyMap<string, Draft>): void {
  const statement = parseStatement(text);
  if (statement.verb !== "INSERT") throw new SqlRefusal("a migration may use only INSERT");
  const { columns, firstRows } = draftOf(statement.table, drafts);
  for (const values of literalsOf(statement)) {
    const named = statement.columns.map((name) => columnOf(columns, name).property);
    firstRows.push(Object.fromEntries(named.map((property, at) => [property, values[at] ?? null])));
  }
}

function literalsOf({ rows }: Insert) {
  if (rows.kind !== "lists") throw new SqlRefusal("INSERT in a migration needs VALUES");
  return rows.lists.map((list) =>
    list.map((value) => {
      if (value.kind === "literal") return value.value;
      throw new SqlRefusal("INSERT in a migration needs literal values");
    }),
  );
}

function columnOf(columns: ReadonlyMap<string, ColumnSchema>, name: string): ColumnSchema {
  const column = columns.get(name);
  if (!column) throw new SqlRefusal(`no column ${name}`);
  return column;
}

function tableOf(name: string, ordinal: number, draft: Draft): TableSchema {
  const { columns, checks, firstRows } = draft;
  const all = draft.keys.map(
    (key): KeySchema => ({ ...key, columns: key.columns.map((one) => columnOf(columns, one)) }),
  );
  const primaryKey = all.find((key) => key.name === "PRIMARY");
  if (!primaryKey) throw new SqlRefusal(`table ${name} has no primary key`);
  const others = all.filter((key) => key !== primaryKey);
  return {
    name,
    ordinal,
    columns,
    primaryKey,
    keys: [...others.filter((key) => key.isUnique), ...others.filter((key) => !key.isUnique)],
    checks,
    references: draft.references.map(({ column, ...reference }) => ({
      ...reference,
      column: columnOf(columns, column),
    })),
    firstRows,
  };
}
