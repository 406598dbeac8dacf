import { createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { fetchJson } from "./fetchJson.ts";

/**
 * The algorithms of a key set, all with public keys. A key with a shared-secret algorithm is never
 * used.
 */
export const JWKS_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"] as const;

export type JwksAlgorithm = (typeof JWKS_ALGORITHMS)[number];

/** A public key that may verify signatures of one algorithm. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: JwksAlgorithm;
  /** The public key in PEM form (SubjectPublicKeyInfo). */
  readonly pem: string;
}

/** Maximum number of keys; the rest is ignored. Issuers publish two or three. */
const KEYS_MAX = 100;

/**
 * Maximum length of a key id. Ids are kept in memory, and a client could fill the memory with long
 * ids.
 */
export const KID_LENGTH_MAX = 256;

/** The minimum size of an RSA key in bits (RFC 7518, section 3.3). */
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
 * Fetches an issuer's key set once.
 * @returns the keys that may verify signatures, without keys for encryption, keys of an unknown
 *   type, and weak keys
 * @throws Error when the issuer does not answer with a key set before the signal aborts
 */
export async function fetchKeySet(
  url: string,
  signal: AbortSignal,
): Promise<readonly SigningKey[]> {
  return signingKeys(await fetchJson(url, signal));
}

function signingKeys(document: unknown): SigningKey[] {
  const parsed = keySetSchema.safeParse(document);
  if (!parsed.success) throw new Error("The issuer's answer is not a JSON Web Key Set");
  return parsed.data.keys.slice(0, KEYS_MAX).flatMap(toSigningKeys);
}

/** Returns one entry for each algorithm. An RSA key without `alg` verifies RS256 and PS256. */
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
