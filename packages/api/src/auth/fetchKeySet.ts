import { createPublicKey, type KeyObject } from "node:crypto";
import type { Clock } from "@onsale/core";
import { z } from "zod";

/** Public-key algorithms of a key set; a shared-secret algorithm is never taken from it. */
export const JWKS_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"] as const;

export type JwksAlgorithm = (typeof JWKS_ALGORITHMS)[number];

/** A public key that may verify signatures of one algorithm. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: JwksAlgorithm;
  /** SubjectPublicKeyInfo in PEM. */
  readonly pem: string;
}

/** A fetch that takes longer counts as failed, so that every answer stays below one second. */
const FETCH_MS_MAX = 800;

/** The largest key sets in use, with a certificate chain per key, have about 30 kB. */
const ANSWER_BYTES_MAX = 256 * 1024;

/** Keys beyond this number are ignored: issuers publish two or three. */
const KEYS_MAX = 100;

/** A key id is part of every token of the key; longer ones would let tokens fill the memory. */
export const KID_LENGTH_MAX = 256;

/** RFC 7518, section 3.3: an RSA key of less than 2048 bits must not be used. */
const RSA_BITS_MIN = 2048;

const keySetSchema = z.object({ keys: z.array(z.unknown()) });

/** The public members of a JSON Web Key (RFC 7517); private members are dropped. */
const jwkSchema = z.object({
  kty: z.string(),
  kid: z.string().min(1).max(KID_LENGTH_MAX),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  alg: z.string().optional(),
  crv: z.string().exactOptional(),
  n: z.string().exactOptional(),
  e: z.string().exactOptional(),
  x: z.string().exactOptional(),
  y: z.string().exactOptional(),
});

/**
 * Fetches an issuer's key set once, within 800 ms and 256 KiB, without following a redirect.
 * @returns the keys that may verify signatures; keys for encryption, of an unknown type, or too
 *   weak are left out
 * @throws Error when the issuer cannot be reached, is late, or answers with something else
 */
export async function fetchKeySet(url: string, clock: Clock): Promise<readonly SigningKey[]> {
  const finished = new AbortController();
  const late = new AbortController();
  void clock.sleep(FETCH_MS_MAX, finished.signal).then(() => {
    late.abort(new Error(`The key set did not arrive within ${FETCH_MS_MAX} ms`));
  });
  try {
    const response = await fetch(url, {
      signal: late.signal,
      redirect: "error",
      headers: { accept: "application/json" },
    });
    if (response.ok) return signingKeys(JSON.parse(await readBounded(response)));
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status} instead of its key set`);
  } finally {
    finished.abort();
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new Error(`The key set is larger than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function signingKeys(document: unknown): SigningKey[] {
  const parsed = keySetSchema.safeParse(document);
  if (!parsed.success) throw new Error("The issuer's answer is no JSON Web Key Set");
  return parsed.data.keys.slice(0, KEYS_MAX).flatMap(toSigningKeys);
}

/** One entry per algorithm: an RSA key without `alg` verifies RS256 and PS256. */
function toSigningKeys(candidate: unknown): SigningKey[] {
  const parsed = jwkSchema.safeParse(candidate);
  if (!parsed.success) return [];
  const { kid, use, key_ops: operations, alg, ...jwk } = parsed.data;
  if (use !== undefined && use !== "sig") return [];
  if (operations !== undefined && !operations.includes("verify")) return [];
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return [];
  }
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  return algorithmsOf(key)
    .filter((algorithm) => alg === undefined || alg === algorithm)
    .map((algorithm) => ({ kid, algorithm, pem }));
}

function algorithmsOf(key: KeyObject): readonly JwksAlgorithm[] {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= RSA_BITS_MIN) return ["RS256", "PS256"];
  if (key.asymmetricKeyType === "ec" && namedCurve === "prime256v1") return ["ES256"];
  if (key.asymmetricKeyType === "ed25519") return ["EdDSA"];
  return [];
}
