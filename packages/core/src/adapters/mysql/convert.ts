import assert from "node:assert/strict";

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

/** NULL is `undefined` outside the adapter. */
export function orUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined;
}
