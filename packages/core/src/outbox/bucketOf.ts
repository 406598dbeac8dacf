import type { AggregateType } from "../events/eventCatalog.ts";
import { fnv1a } from "../shared/fnv1a.ts";

/**
 * Returns the bucket of an aggregate: FNV-1a of `type:id`, modulo the number of buckets. An
 * aggregate never changes its bucket, so only one relay at a time publishes the aggregate's
 * messages.
 * @param buckets number of buckets; the same in every process
 */
export function bucketOf(type: AggregateType, id: number, buckets: number): number {
  return fnv1a(`${type}:${id}`) % buckets;
}
