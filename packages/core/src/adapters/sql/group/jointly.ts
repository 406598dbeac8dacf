import assert from "node:assert/strict";

/**
 * Checks that a joint statement changed all rows of all calls.
 * @param counts the number of rows of each call
 * @throws AssertionError otherwise. It is unknown whose rows were not changed, so each member
 *   of the group runs alone
 */
export function requireAll(changedCount: number, counts: readonly number[]): void {
  const sum = counts.reduce((total, count) => total + count, 0);
  assert.equal(changedCount, sum, "a joint statement changes the rows of all calls");
}

/**
 * Returns the value that all calls have.
 * @throws AssertionError when two calls have different values
 */
export function onlyValue<T>(values: readonly T[]): T {
  const [value] = values;
  assert(value !== undefined && values.every((one) => one === value), "all calls have one value");
  return value;
}

/**
 * Checks that a joint step has one call of each buyer, so that the buyer's id names the call.
 * @throws AssertionError otherwise
 */
export function requireOneOfEach(userIds: readonly number[]): void {
  assert.equal(new Set(userIds).size, userIds.length, "a group has one work of each buyer");
}
