/** Returns `count` user ids in order. Returns none when `count` is not positive. */
export function userIdsFrom(first: number, count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
}
