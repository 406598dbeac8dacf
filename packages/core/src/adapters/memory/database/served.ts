/**
 * The result of a statement: a promise only when the statement has to wait for a lock. Few
 * statements wait, and each promise costs a simulated sale about as much as reading a row.
 */
export type Served<T> = T | Promise<T>;

/** Calls the next function with the result: immediately, or when the promise has resolved. */
export function whenServed<T, U>(result: Served<T>, next: (value: T) => Served<U>): Served<U> {
  return result instanceof Promise ? result.then(next) : next(result);
}

/**
 * Calls `act` for each item, one after the other.
 * @returns a promise when a call has to wait
 */
export function eachInOrder<T extends object>(
  items: readonly T[],
  act: (item: T) => Served<unknown>,
  first = 0,
): Promise<void> | undefined {
  for (let at = first; at < items.length; at += 1) {
    const item = items[at];
    const acted = item && act(item);
    if (acted instanceof Promise) return acted.then(() => eachInOrder(items, act, at + 1));
  }
  return undefined;
}
