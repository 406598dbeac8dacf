import type { AggregateType } from "../events/eventCatalog.ts";
import { fnv1a } from "../shared/fnv1a.ts";

/**
 * The bucket of an aggregate: FNV-1a of `type:id`, modulo the number of buckets. It never changes
 * for an aggregate, so one relay at a time publishes all of its messages.
 * @param buckets how many there are; every process must be told the same number
 */
export function bucketOf(type: AggregateType, id: number, buckets: number): number {
  return fnv1a(`${type}:${id}`) % buckets;
}
