import assert from "node:assert/strict";
import type { SqlValue, SqlValues } from "../sql/database.ts";

/**
 * MySQL gives BIGINT beyond 2^53, DECIMAL and SUM as strings; this is the one place that turns them
 * into numbers.
 * @throws AssertionError when the value cannot be held exactly
 */
export function toInteger(value: number | string | bigint | null): number {
  const number = Number(value ?? 0);
  assert(Number.isSafeInteger(number), `${value} cannot be held exactly`);
  return number;
}

/**
 * What Sequelize puts in place of the names. It would cut a Date to seconds, so those are text
 * here.
 */
export function toReplacements(values: SqlValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toReplacement(value)]),
  );
}

function toReplacement(value: SqlValues[string]): unknown {
  if (isList(value)) return value.map(toReplacement);
  return value instanceof Date ? value.toISOString().replace("T", " ").replace("Z", "") : value;
}

function isList(
  value: SqlValues[string],
): value is readonly SqlValue[] | readonly (readonly SqlValue[])[] {
  return Array.isArray(value);
}
