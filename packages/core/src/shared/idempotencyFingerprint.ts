import { hash } from "node:crypto";

/**
 * A digest of a request body. Two bodies that differ only in the order of their keys have the same
 * digest.
 * @returns 64 lowercase hexadecimal characters (SHA-256)
 */
export function fingerprintOf(value: unknown): string {
  return hash("sha256", JSON.stringify(withSortedKeys(value)), "hex");
}

/** Copies a JSON value with the keys of every object in order. */
function withSortedKeys(value: unknown): unknown {
  if (value === null || typeof value !== "object" || "toJSON" in value) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const entry of entries) entry[1] = withSortedKeys(entry[1]);
  return Object.fromEntries(entries);
}
