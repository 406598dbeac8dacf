import assert from "node:assert/strict";

/**
 * Parses a stored JSON object. The stores write only JSON objects, so any other text is a bug.
 * @throws AssertionError or SyntaxError
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  assert(isObject(value), "the stored JSON is not an object");
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
