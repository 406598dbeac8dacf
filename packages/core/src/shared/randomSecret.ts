import { randomBytes } from "node:crypto";

/** A key for HS256 has at least 32 bytes (RFC 7518, section 3.2). */
const SECRET_BYTES = 32;

/** Makes a secret with the cryptographic random generator, as text. */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}
