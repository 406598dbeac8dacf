import type { Environment } from "../shared/environment.ts";

const KEY_BYTES = 16;

/**
 * Makes a key that no other request has. `crypto.randomUUID` does not exist on pages without TLS,
 * so the key is made of random bytes.
 */
export function newKey({ fillRandom }: Environment): string {
  const bytes = new Uint8Array(KEY_BYTES);
  fillRandom(bytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
