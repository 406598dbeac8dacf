/** Entries that end by themselves. */
export interface ExpiringMap<V> {
  get(key: string, nowMs: number): Expiring<V> | undefined;
  set(key: string, value: V, expiresAtMs: number, nowMs: number): Expiring<V>;
  delete(key: string): void;
  clear(): void;
  /** With those that have ended and were not cleared away yet. */
  size(): number;
}

export interface Expiring<V> {
  value: V;
  /** The last millisecond in which the entry is there. */
  readonly expiresAtMs: number;
}

/**
 * Entries looked at with each new one: with two, the ended go faster than new ones come, and no
 * call pays for many.
 */
const SWEEP_MAX = 2;

export function expiringMap<V>(): ExpiringMap<V> {
  const entries = new Map<string, Expiring<V>>();
  // Kept from call to call: a fresh iterator would first pass all that was deleted before.
  let inTurn = entries.entries();

  function sweep(nowMs: number): void {
    for (let looked = 0; looked < SWEEP_MAX; looked += 1) {
      const { value } = inTurn.next();
      if (value === undefined) {
        inTurn = entries.entries();
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
    size: () => entries.size,
  };
}
