/**
 * The number of buckets that one relay may hold when all live relays share them: rounded up, so
 * that every bucket has an owner.
 * @param members number of live relays, at least 1
 */
export function fairShare(buckets: number, members: number): number {
  return Math.ceil(buckets / Math.max(1, members));
}
