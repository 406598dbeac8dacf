import { LRUCache } from "lru-cache";
import type { CatalogState, Hall } from "../ports/catalogState.ts";
import type { Clock } from "../shared/clock.ts";

/**
 * How long a process uses a hall without reading it again. Seats do not change; a minute limits the
 * effect of a repair by hand.
 */
const HALL_MS = 60_000;
/** Maximum number of seats of all halls together, which take about 50 MB. */
const SEATS_MAX = 500_000;
/** Maximum size of all encoded lists together: those of some large halls. */
const ENCODED_BYTES_MAX = 32 * 1024 * 1024;
/**
 * Memory that an encoded list takes beside its bytes, measured: its name, its buffer and its entry.
 * Most lists are changes of a few seats, so this is most of their memory.
 */
const ENCODED_ENTRY_BYTES = 768;

export interface CatalogStateOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Whether the process keeps halls; otherwise every call reads its hall. */
  readonly isCached: boolean;
}

/** Creates the empty state that a process keeps of the catalog. */
export function createCatalogState({ clock, isCached }: CatalogStateOptions): CatalogState {
  // The sizes bound both caches. Without a maximum number, the library allocates no space ahead.
  const halls = new LRUCache<number, Hall, () => Promise<Hall>>({
    maxSize: SEATS_MAX,
    sizeCalculation: ({ seats }) => seats.length + 1,
    ttl: HALL_MS,
    // Uses the core's clock and no timer. The library treats a time of zero as "never stored".
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() + 1 },
    fetchMethod: (_performanceId, _last, { context: read }) => read(),
    // A hall that other halls displace while it is read still goes to the callers that wait for it.
    ignoreFetchAbort: true,
  });
  const encoded = new LRUCache<string, Buffer>({
    maxSize: ENCODED_BYTES_MAX,
    sizeCalculation: (bytes) => bytes.length + ENCODED_ENTRY_BYTES,
  });
  return {
    hall: (performanceId, read) =>
      isCached ? halls.fetch(performanceId, { context: read }) : read(),
    encoded(name, encode) {
      const known = encoded.get(name);
      if (known) return known;
      const bytes = ownBytes(encode());
      encoded.set(name, bytes);
      return bytes;
    },
  };
}

/**
 * Returns the bytes in memory of their own. Node puts small buffers into shared blocks, and a kept
 * buffer would keep its whole block.
 */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
