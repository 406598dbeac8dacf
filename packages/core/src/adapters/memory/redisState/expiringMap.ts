/** A map whose entries expire. */
export interface ExpiringMap<V> {
  get(key: string, nowMs: number): Expiring<V> | undefined;
  set(key: string, value: V, expiresAtMs: number, nowMs: number): Expiring<V>;
  delete(key: string): void;
  clear(): void;
  /** The keys of all entries, including expired entries that were not removed yet. */
  keys(): readonly string[];
  /** Number of entries, including expired entries that were not removed yet. */
  size(): number;
}

export interface Expiring<V> {
  value: V;
  /** The last millisecond in which `get` returns the value. */
  readonly expiresAtMs: number;
}

/**
 * Each insertion checks this many older entries for expiry. With two checks, the map removes
 * expired entries faster than new entries arrive, and each call stays short.
 */
const SWEEP_MAX = 2;

export function expiringMap<V>(): ExpiringMap<V> {
  const entries = new Map<string, Expiring<V>>();
  // All calls share one iterator, because a new iterator would first skip every deleted entry.
  let toCheck = entries.entries();

  function sweep(nowMs: number): void {
    for (let looked = 0; looked < SWEEP_MAX; looked += 1) {
      const { value } = toCheck.next();
      if (value === undefined) {
        toCheck = entries.entries();
        continue;
      }
      const [key, { expiresAtMs }] = value;
      if (expiresAtMs < nowMs) entries.delete(key);
    }
  }

  return {
    get(key, nowMs) {
      const entry = entries.get(key);
      if (entry === undefined || nowMs <= entry.expiresAtMs) return entry;
      entries.delete(key);
      return undefined;
    },
    set(key, value, expiresAtMs, nowMs) {
      sweep(nowMs);
      const entry = { value, expiresAtMs };
      entries.set(key, entry);
      return entry;
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    keys: () => [...entries.keys()],
    size: () => entries.size,
  };
}
