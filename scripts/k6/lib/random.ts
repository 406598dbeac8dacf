/** A random whole number from `min` to `max`, both included. */
export function randomInt(min: number, max: number): number {
  return min + Math.floor(Math.random() * (max - min + 1));
}

/** A random number of seconds between `min` and `max`. */
export function randomSeconds(min: number, max: number): number {
  return min + Math.random() * (max - min);
}

/** A random element; undefined when the list is empty. */
export function randomOf<T>(list: readonly T[]): T | undefined {
  return list[randomInt(0, list.length - 1)];
}
