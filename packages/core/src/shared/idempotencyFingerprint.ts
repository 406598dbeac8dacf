import { hash } from "node:crypto";

/**
 * A digest of a request body. Two bodies that differ only in the order of their keys have the same
 * digest.
 * @returns 64 lowercase hexadecimal characters (SHA-256)
 */
export function fingerprintOf(value: unknown): string {
  return hash("sha256", canonicalJson(value), "hex");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
