import { deserialize, serialize } from "node:v8";
import type { Cache } from "../../ports/cache.ts";
import type { FastMemory } from "./fastMemory/fastMemory.ts";
import { unlessLost } from "./lostConnection.ts";
import type { Wire } from "./wire.ts";

/**
 * Values as serialised copies, so that nobody changes another's and dates stay dates. One load for
 * each key at a time in this process; a lost call is passed by.
 */
export function memoryCache(fastMemory: FastMemory, wire: Wire): Cache {
  const { copies } = fastMemory;
  const loading = new Map<string, Promise<unknown>>();
  const nowMs = (): number => Math.floor(fastMemory.nowUs() / 1000);

  function write(key: string, ttlMs: number, value: unknown): void {
    const stored = serialize(value);
    // Nobody waits for the copy: without it the next reader loads again.
    const written = wire.call("redis", "cache.set", () => {
      const storedAtMs = nowMs();
      copies.set(key, stored, storedAtMs + Math.ceil(ttlMs), storedAtMs);
    });
    void unlessLost(written, undefined);
  }

  async function readOrLoad(key: string, ttlMs: number, load: () => Promise<unknown>) {
    const read = wire.call("redis", "cache.get", () => copies.get(key, nowMs()));
    const hit = await unlessLost(read, undefined);
    if (hit) return deserialize(hit.value);
    const value = await load();
    write(key, ttlMs, value);
    return value;
  }

  return {
    through<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
      const shared = loading.get(key) ?? readOrLoad(key, ttlMs, load);
      if (!loading.has(key)) {
        loading.set(key, shared);
        const forget = (): boolean => loading.delete(key);
        shared.then(forget, forget);
      }
      return shared.then((value) => trusted<T>(value));
    },
  };
}

/** A key's values are written by one loader, so what comes back has the loader's type. */
function trusted<T>(value: unknown): T;
function trusted(value: unknown): unknown {
  return value;
}
