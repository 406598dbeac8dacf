import assert from "node:assert/strict";
import type { SqlValues } from "../../sql/database.ts";
import { textKey } from "../database/collation.ts";
import type { StoredValue } from "../database/rows.ts";
import type { Key } from "../database/table.ts";
import { usOf } from "../times.ts";
import type { ColumnKind } from "./tableSchema.ts";

/**
 * The result of an expression. `null` is SQL's NULL; as the result of a condition, `null` is
 * UNKNOWN.
 */
export type Value = StoredValue | boolean;

/** Returns false for FALSE and for UNKNOWN: a condition selects a row only when it is TRUE. */
export function isTrue(value: Value): boolean {
  return value === true || (typeof value === "number" && value !== 0);
}

/** Returns the single value of the parameter `:name`. */
export function scalarOf(values: SqlValues, name: string): Value {
  const value = values[name];
  if (value === undefined) assert.fail(`no value for :${name}`);
  if (typeof value !== "object" || value === null) return value;
  assert(value instanceof Date, `:${name} is a list where one value belongs`);
  return usOf(value);
}

/**
 * Returns the values of `:name` in IN, FIELD and ELT. A single value becomes a list of one value.
 */
export function listOf(values: SqlValues, name: string): readonly Value[] {
  const value = values[name];
  if (!Array.isArray(value)) return [scalarOf(values, name)];
  return value.map(storedForm);
}

/** Returns the rows of the parameter `:name` after VALUES. */
export function rowsOf(values: SqlValues, name: string): readonly (readonly Value[])[] {
  const value = values[name];
  assert(Array.isArray(value), `:${name} is not a list of rows`);
  return value.map((row: unknown) => {
    assert(Array.isArray(row), `:${name} is not a list of rows`);
    return row.map(storedForm);
  });
}

function storedForm(value: unknown): Value {
  if (value instanceof Date) return usOf(value);
  if (value === null) return null;
  const isPlain =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  assert(isPlain, "a value is a text, a number, a truth, a time or NULL");
  return value;
}

const MS_DIGITS = 23;
const US_DIGITS = 26;

/** Parses a time in text form: "2026-01-31 12:00:00.123456". */
export function timeOfText(text: string): number {
  const ms = Date.parse(`${text.slice(0, MS_DIGITS).replace(" ", "T")}Z`);
  assert(!Number.isNaN(ms), `"${text}" is not a time`);
  return ms * 1_000 + Number(text.slice(MS_DIGITS, US_DIGITS));
}

/**
 * Returns the comparison key of a value in a column of this kind. `=`, indexes and ORDER BY compare
 * these keys. NULL has no key.
 * Calls `assert.fail` instead of `assert`, because an argument of `assert` is computed at each
 * call, and the text of a number costs more than the comparison.
 * @throws AssertionError for a value that MySQL would convert; the stores' statements need no
 *   conversion
 */
export function comparable(value: Exclude<Value, null>, kind: ColumnKind): Key {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") {
    if (kind === "number" || kind === "time") return value;
    assert.fail(`${value} is compared with a text`);
  }
  if (kind === "time") return timeOfText(value);
  if (kind === "number") assert.fail(`"${value}" is compared with a number`);
  return kind === "text" ? textKey(value) : value;
}

/** Compares the keys of ORDER BY. NULL comes first. */
export function compareKeys(a: Key | null, b: Key | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
}
