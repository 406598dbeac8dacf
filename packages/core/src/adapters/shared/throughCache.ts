import { LRUCache } from "lru-cache";
import type { Cache, CachedRead } from "../../ports/cache.ts";
import type { Metrics } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/*
 * Copies of catalog reads
 *
 * Problem: thousands of buyers read the same few values, and each read would cost a round trip and
 * the decoding of the answer.
 *
 * A value is in up to three places: its source (MySQL), a copy on the server that all processes
 * share (Redis), and a copy in each process that reads it. A read takes the nearest one. Each copy
 * ends by itself; no write deletes a copy.
 *
 * Age: the shared copy lives `ttlMs` from its write on. A process keeps its own copy a quarter of
 * `ttlMs` from the moment on at which it got the value. So a value is at most 1.25 times `ttlMs`
 * old, plus the time that its load and the calls to the server took. That time is not subtracted:
 * while the servers are slow, shorter lives would make them slower.
 *
 * Failures: while the server does not answer, each process loads the value by itself, once for
 * `ttlMs` / 4. A copy that another version of the program wrote is loaded again and replaced.
 */

/** Stores the copies that processes share. */
export interface Copies {
  /** Returns undefined when there is no copy or the server does not answer; never throws. */
  read(key: string): Promise<{ readonly value: unknown } | undefined>;
  /**
   * Returns before the copy is written. When the write fails, the next reader loads the value
   * again.
   */
  write(key: string, ttlMs: number, value: unknown): void;
}

/** The part of a copy's lifetime for which a process keeps the copy. */
const OWN_SHARE = 0.25;
/**
 * Maximum number of copies in a process: more than the performances on sale at the same time. The
 * number is low because a simulation opens many cores.
 */
const OWN_COPIES_MAX = 200;

/** The parts of the process that a cache uses. */
export interface CacheRuntime {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly metrics: Pick<Metrics, "count">;
}

/** Creates a cache that loads missing values, one load at a time for each key in this process. */
export function throughCache({ read, write }: Copies, { clock, metrics }: CacheRuntime): Cache {
  const own = ownCopies(clock);
  // Reads of own copies are counted together with the next other read, because a look at an own
  // copy takes less time than a count. Own copies end soon, so that the counter is never far off.
  let ownReads = 0;
  const loading = new Map<string, Promise<unknown>>();

  function keepOwn<T>(key: string, ttlMs: number, value: T): T {
    own.set(key, { value: deepFrozen(value) }, { ttl: ttlMs * OWN_SHARE });
    return value;
  }

  async function readShared<T>({ key, ttlMs, parse }: Omit<CachedRead<T>, "load">) {
    const copy = parsed(await read(key), parse);
    if (copy) keepOwn(key, ttlMs, copy.value);
    return copy;
  }

  async function readOrLoad<T>(wanted: CachedRead<T>): Promise<T> {
    const copy = await readShared(wanted);
    metrics.count("cache_reads_total", { source: copy ? "shared" : "loaded" });
    metrics.count("cache_reads_total", { source: "process" }, ownReads);
    ownReads = 0;
    if (copy) return copy.value;
    const { key, ttlMs } = wanted;
    const value = deepFrozen(await wanted.load());
    write(key, ttlMs, value);
    return keepOwn(key, ttlMs, value);
  }

  return {
    async through(wanted) {
      const { key, parse } = wanted;
      const copy = parsed(own.get(key), parse);
      const shared = copy ? undefined : loading.get(key);
      if (copy || shared) ownReads += 1;
      if (copy) return copy.value;
      if (shared) return parse(await shared);
      const loaded = readOrLoad(wanted);
      loading.set(key, loaded);
      try {
        return await loaded;
      } finally {
        loading.delete(key);
      }
    },
    keep(key, ttlMs, value) {
      write(key, ttlMs, keepOwn(key, ttlMs, value));
    },
    async find(wanted) {
      const copy = parsed(own.get(wanted.key), wanted.parse) ?? (await readShared(wanted));
      return copy?.value;
    },
  };
}

interface Copy<T> {
  readonly value: T;
}

function ownCopies(clock: Pick<Clock, "monotonicMs">): LRUCache<string, Copy<unknown>> {
  return new LRUCache({
    max: OWN_COPIES_MAX,
    // Uses the core's clock and no timer. The library treats a time of zero as "never stored".
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() + 1 },
  });
}

/** Returns undefined for a missing copy, and for one that another version of the program wrote. */
function parsed<T>(
  copy: Copy<unknown> | undefined,
  parse: (copy: unknown) => T,
): Copy<T> | undefined {
  if (!copy) return undefined;
  try {
    return { value: parse(copy.value) };
  } catch {
    return undefined;
  }
}

/** Freezes plain objects and lists. Dates and texts have nothing to freeze. */
function deepFrozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFrozen(inner);
  return value;
}
