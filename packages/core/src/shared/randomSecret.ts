import { randomBytes } from "node:crypto";

/** As much as HS256 can use (RFC 7518, 3.2). */
const SECRET_BYTES = 32;

/** A secret that nobody can guess, as text. */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}
