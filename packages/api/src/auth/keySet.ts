import type { CoreContext } from "@onsale/core";
import { AuthKeysUnavailableError } from "../problems/errors.ts";
import { type JwksAlgorithm, KID_LENGTH_MAX, type SigningKey } from "./fetchKeySet.ts";
import type { FetchKeys } from "./keySetSource.ts";

/*
 * Key set: the public keys of the issuer that signs access tokens.
 *
 * Problem: the issuer adds keys and withdraws keys at any time, the issuer may be down, and anybody
 * can send tokens with invented key ids. A withdrawn key must stop working soon, an outage of the
 * issuer must not log out every buyer immediately, and invented ids must not cost fetches.
 *
 * The set is fetched as a whole and replaced as a whole. Its age is counted from the start of the
 * last successful fetch:
 *   fresh    (below REFRESH_AFTER_MS)  known keys are answered from memory
 *   ageing   (below EXPIRES_AFTER_MS)  the same, and a fetch runs in the background
 *   expired  (below STALE_MS_MAX)      lookups wait for one fetch. Known keys are answered from
 *                                      the old set only when that fetch fails; while the outage
 *                                      lasts, they do not wait for the fetches that follow
 *   none     (older, or never fetched) lookups wait for one fetch and fail with it
 *
 * A successful fetch decides: a key that is missing from its answer is refused from then on.
 * At most one fetch is in flight; all lookups share it. The first failure is followed by a fetch at
 * the next lookup; from the second failure on, the pause between fetches doubles up to 5 s.
 *
 * Unknown key ids: an id that is missing from a set that has not expired causes a fetch, because
 * the issuer may have added the key a moment ago. UNKNOWN_FETCHES_MAX such fetches are allowed
 * without a pause, and one more every UNKNOWN_FETCH_EVERY_MS. The id is remembered for
 * UNKNOWN_KID_MS. Lookups of known keys never wait for these fetches.
 *
 * Not promised: a withdrawn key may work until the set expires (60 s), or until STALE_MS_MAX while
 * the issuer is down. While a client sends many invented ids, a new key may be refused for up to
 * UNKNOWN_FETCH_EVERY_MS.
 */

const REFRESH_AFTER_MS = 30_000;

const EXPIRES_AFTER_MS = 60_000;

/**
 * How long known keys are used while the issuer does not answer. A longer outage is an incident,
 * and a withdrawn key must not work for hours.
 */
const STALE_MS_MAX = 10 * 60_000;

const RETRY_PAUSE_MS_MIN = 250;

const RETRY_PAUSE_MS_MAX = 5_000;

/**
 * Fetches for unknown key ids before the pause applies. With two, a client's invented id does not
 * delay the fetch for a new real key.
 */
const UNKNOWN_FETCHES_MAX = 2;

const UNKNOWN_FETCH_EVERY_MS = 5_000;

const UNKNOWN_KID_MS = 10_000;

/**
 * Maximum number of unknown key ids in memory. With 256 characters each, they take at most half a
 * megabyte.
 */
const UNKNOWN_KIDS_MAX = 1_000;

export interface KeySet {
  /**
   * Finds the issuer's key with this id for this algorithm. Returns a known key without waiting.
   * @returns undefined when the issuer has no such key
   * @throws AuthKeysUnavailableError when the keys cannot be fetched
   */
  find(
    algorithm: JwksAlgorithm,
    kid: string,
  ): SigningKey | undefined | Promise<SigningKey | undefined>;
}

/** Opens the key set of an issuer. The first lookup fetches it. */
export function openKeySet(fetchKeys: FetchKeys, core: Pick<CoreContext, "clock" | "log">): KeySet {
  const { clock, log } = core;
  const unknownKids = rememberUnknown(clock.monotonicMs);
  let keys: ReadonlyMap<string, SigningKey> = new Map();
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let failure: { readonly count: number; readonly atMs: number; readonly cause: unknown } | null =
    null;
  let inFlight: Promise<boolean> | undefined;

  const ageMs = (): number => clock.monotonicMs() - fetchedAtMs;

  async function refresh(): Promise<boolean> {
    const startedAtMs = clock.monotonicMs();
    try {
      keys = keepUnchanged(keys, await fetchKeys());
      fetchedAtMs = startedAtMs;
      if (failure) log.info({ event: "auth.key_set_fetched" }, "The issuer's key set is back");
      failure = null;
      return true;
    } catch (cause) {
      const count = (failure?.count ?? 0) + 1;
      failure = { count, atMs: clock.monotonicMs(), cause };
      if (count === 1) {
        const fields = { event: "auth.key_set_failed", reason: String(cause) };
        log.warn(fields, "The issuer's key set could not be fetched; the known keys are used");
      }
      return false;
    } finally {
      inFlight = undefined;
    }
  }

  /** The running fetch, or a new one; undefined during the pause after a failed fetch. */
  function startRefresh(): Promise<boolean> | undefined {
    const waitedMs = clock.monotonicMs() - (failure?.atMs ?? 0);
    if (!inFlight && waitedMs >= retryPauseMs(failure?.count ?? 0)) inFlight = refresh();
    return inFlight;
  }

  async function findUnknown(id: string): Promise<SigningKey | undefined> {
    if (unknownKids.has(id)) return undefined;
    if (!inFlight && !unknownKids.takeFetch()) return undefined;
    if (!(await startRefresh())) throw new AuthKeysUnavailableError({ cause: failure?.cause });
    if (!keys.has(id)) unknownKids.add(id);
    return keys.get(id);
  }

  async function findAfterFetch(id: string): Promise<SigningKey | undefined> {
    if (await startRefresh()) return keys.get(id);
    const known = ageMs() < STALE_MS_MAX ? keys.get(id) : undefined;
    if (known) return known;
    throw new AuthKeysUnavailableError({ cause: failure?.cause });
  }

  return {
    find(algorithm, kid) {
      if (kid.length > KID_LENGTH_MAX) return undefined;
      const id = idOf(algorithm, kid);
      const isFetchDue = ageMs() >= REFRESH_AFTER_MS;
      const known =
        ageMs() < (failure ? STALE_MS_MAX : EXPIRES_AFTER_MS) ? keys.get(id) : undefined;
      if (known) {
        if (isFetchDue) void startRefresh();
        return known;
      }
      return ageMs() < EXPIRES_AFTER_MS ? findUnknown(id) : findAfterFetch(id);
    },
  };
}

function idOf(algorithm: JwksAlgorithm, kid: string): string {
  return `${algorithm} ${kid}`;
}

/**
 * Merges a new key set. When two keys have the same id, the first one is used. A key that did not
 * change stays the same object, so that its cache stays valid.
 */
function keepUnchanged(
  known: ReadonlyMap<string, SigningKey>,
  fetched: readonly SigningKey[],
): Map<string, SigningKey> {
  const keys = new Map<string, SigningKey>();
  for (const key of fetched) {
    const id = idOf(key.algorithm, key.kid);
    const before = known.get(id);
    if (!keys.has(id)) keys.set(id, before?.pem === key.pem ? before : key);
  }
  return keys;
}

function retryPauseMs(failures: number): number {
  if (failures < 2) return 0;
  return Math.min(RETRY_PAUSE_MS_MIN * 2 ** (failures - 2), RETRY_PAUSE_MS_MAX);
}

interface UnknownKids {
  has(id: string): boolean;
  add(id: string): void;
  /** Returns true when another fetch for an unknown id is allowed now, and counts this fetch. */
  takeFetch(): boolean;
}

function rememberUnknown(nowMs: () => number): UnknownKids {
  const untilMs = new Map<string, number>();
  let fetchesLeft = UNKNOWN_FETCHES_MAX;
  let filledAtMs = nowMs();
  return {
    has: (id) => (untilMs.get(id) ?? Number.NEGATIVE_INFINITY) > nowMs(),
    add(id) {
      untilMs.delete(id);
      untilMs.set(id, nowMs() + UNKNOWN_KID_MS);
      const [oldest] = untilMs.keys();
      if (untilMs.size > UNKNOWN_KIDS_MAX && oldest !== undefined) untilMs.delete(oldest);
    },
    takeFetch() {
      const earned = Math.floor((nowMs() - filledAtMs) / UNKNOWN_FETCH_EVERY_MS);
      filledAtMs += earned * UNKNOWN_FETCH_EVERY_MS;
      fetchesLeft = Math.min(fetchesLeft + earned, UNKNOWN_FETCHES_MAX);
      if (fetchesLeft === 0) return false;
      fetchesLeft -= 1;
      return true;
    },
  };
}
