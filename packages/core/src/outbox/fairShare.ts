/**
 * Returns how many buckets one relay may own, so that the live relays share all buckets. The number
 * is rounded up, so that every bucket gets an owner.
 * @param members number of live relays, at least 1
 */
export function fairShare(buckets: number, members: number): number {
  return Math.ceil(buckets / Math.max(1, members));
}
