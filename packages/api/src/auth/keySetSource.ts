import type { Clock, OnsaleConfig } from "@onsale/core";
import { z } from "zod";
import { fetchJson } from "./fetchJson.ts";
import { fetchKeySet, type SigningKey } from "./fetchKeySet.ts";

/**
 * Fetches the present key set of the issuer, within `FETCH_MS_MAX`.
 * @throws Error with the reason in one line
 */
export type FetchKeys = () => Promise<readonly SigningKey[]>;

/**
 * Time limit of the discovery and the fetch together, so that every answer takes less than a
 * second.
 */
const FETCH_MS_MAX = 800;

/**
 * How long the known address of the key set is used while the discovery document cannot be read.
 */
const ADDRESS_MS_MAX = 60 * 60_000;

/** The members of a discovery document (OpenID Connect Discovery, section 3) that are used. */
const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/**
 * Returns how the key set of the settings is fetched; undefined when the settings name no issuer
 * with a key set. With `AUTH_OIDC_ISSUER`, each fetch also reads the discovery document, which
 * names the key set: a provider that moves its key set signs with keys that the old address does
 * not have. The two requests run together, so the document costs no time while the address stays
 * the same.
 */
export function keySetSource(
  { jwksUrl, oidcIssuer }: OnsaleConfig["auth"],
  clock: Clock,
): FetchKeys | undefined {
  if (jwksUrl !== undefined) return () => inTime(clock, (signal) => fetchKeySet(jwksUrl, signal));
  if (oidcIssuer === undefined) return undefined;
  let address: { readonly url: string; readonly readAtMs: number } | undefined;
  return () =>
    inTime(clock, async (signal) => {
      const nowMs = clock.monotonicMs();
      const isUsable = address !== undefined && nowMs - address.readAtMs < ADDRESS_MS_MAX;
      const known = isUsable ? address?.url : undefined;
      const ofKnown = known === undefined ? undefined : fetchKeySet(known, signal);
      // The result may not be needed, and then its failure must not end the process.
      ofKnown?.catch(() => {});
      try {
        address = { url: await discover(oidcIssuer, signal), readAtMs: nowMs };
      } catch (error) {
        if (ofKnown === undefined) throw error;
        return await ofKnown;
      }
      return await (ofKnown && address.url === known ? ofKnown : fetchKeySet(address.url, signal));
    });
}

/**
 * Reads the address of the provider's key set.
 * @throws Error also when the document is of another issuer: its keys would sign for that issuer
 */
async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const parsed = discoverySchema.safeParse(await fetchJson(url, signal));
  if (!parsed.success) throw new Error("The issuer's answer is not a discovery document");
  const { issuer: named, jwks_uri: address } = parsed.data;
  if (named !== issuer) {
    throw new Error("The discovery document is of another issuer than AUTH_OIDC_ISSUER");
  }
  if (issuer.startsWith("https:") && !address.startsWith("https:")) {
    throw new Error("The issuer's key set is not served over https");
  }
  return address;
}

async function inTime<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const finished = new AbortController();
  const late = new AbortController();
  void clock.sleep(FETCH_MS_MAX, finished.signal).then(() => {
    late.abort(new Error(`The key set did not arrive within ${FETCH_MS_MAX} ms`));
  });
  try {
    return await work(late.signal);
  } finally {
    finished.abort();
  }
}
