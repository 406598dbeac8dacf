import type { AggregateType } from "../ports/outboxStore.ts";

/**
 * FNV-1a's 32-bit constants (draft-eastlake-fnv-17): public, so that any language finds the bucket.
 */
const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The bucket of an aggregate: FNV-1a of `type:id`, modulo the number of buckets. It never changes
 * for an aggregate, so one relay at a time publishes all of its messages.
 * @param buckets how many there are; every process must be told the same number
 */
export function bucketOf(type: AggregateType, id: number, buckets: number): number {
  let hash = FNV_OFFSET_BASIS;
  for (const byte of Buffer.from(`${type}:${id}`, "utf8")) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return (hash >>> 0) % buckets;
}
