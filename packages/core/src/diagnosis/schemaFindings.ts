import type { SchemaStatus } from "../ports/serverInspection.ts";
import { type Finding, finding } from "./findingList.ts";

/** Findings about the schema. */
export function schemaFindings({
  pending,
  unknown,
  unsuitable = [],
}: SchemaStatus): readonly Finding[] {
  const found: Finding[] = [];
  if (pending.length > 0) {
    found.push(finding("MIGRATIONS_PENDING", "mysql", `pending: ${pending.join(", ")}`));
  }
  if (unknown.length > 0) {
    found.push(finding("MIGRATIONS_UNKNOWN", "mysql", `unknown: ${unknown.join(", ")}`));
  }
  // Pending migrations may be the ones that change it.
  if (pending.length === 0 && unsuitable.length > 0) {
    found.push(finding("SCHEMA_UNSUITABLE", "mysql", `unsuitable: ${unsuitable.join(", ")}`));
  }
  return found;
}
