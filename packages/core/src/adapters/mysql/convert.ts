import assert from "node:assert/strict";
import type { SqlValue, SqlValues } from "../sql/database.ts";

/**
 * Converts an integer of MySQL to a number. The driver returns BIGINT beyond 2^53, DECIMAL and SUM
 * as strings.
 * @throws AssertionError when a number cannot represent the value exactly
 */
export function toInteger(value: number | string | bigint | null): number {
  const number = Number(value ?? 0);
  assert(Number.isSafeInteger(number), `${value} cannot be held exactly`);
  return number;
}

/**
 * Converts the values of a statement to Sequelize's replacements. A Date becomes text, because
 * Sequelize would cut a Date to whole seconds.
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
