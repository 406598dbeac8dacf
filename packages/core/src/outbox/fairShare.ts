/**
 * How many buckets one relay may hold when all live ones share: rounded up, so that none is left
 * over.
 * @param members live relays, at least 1
 */
export function fairShare(buckets: number, members: number): number {
  return Math.ceil(buckets / Math.max(1, members));
}
