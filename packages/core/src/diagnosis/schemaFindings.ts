import { type Finding, finding } from "./findingList.ts";

/** The migrations that ran, and those that this program has. */
export interface SchemaStatus {
  readonly executed: readonly string[];
  readonly pending: readonly string[];
  /** Migrations that ran and that this program does not know. */
  readonly unknown: readonly string[];
}

/** Findings about the schema. */
export function schemaFindings({ pending, unknown }: SchemaStatus): readonly Finding[] {
  const found: Finding[] = [];
  if (pending.length > 0) {
    found.push(finding("MIGRATIONS_PENDING", "mysql", `pending: ${pending.join(", ")}`));
  }
  if (unknown.length > 0) {
    found.push(finding("MIGRATIONS_UNKNOWN", "mysql", `unknown: ${unknown.join(", ")}`));
  }
  return found;
}
