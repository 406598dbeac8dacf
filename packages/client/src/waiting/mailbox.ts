import type { Environment } from "../shared/environment.ts";

/** Hands changes from one producer to one consumer. */
export interface Mailbox<T> {
  /** Adds a change. It replaces an earlier one of the same name, so the mailbox stays short. */
  put(value: T): void;
  /**
   * Returns the next value, or undefined when there is none within the time.
   * @throws the reason of the signal when it aborts
   */
  take(ms: number, signal: AbortSignal): Promise<T | undefined>;
}

/** Creates an empty mailbox. */
export function createMailbox<T extends { readonly name: string }>({
  after,
}: Pick<Environment, "after">): Mailbox<T> {
  const values: T[] = [];
  let wake = (): void => {};

  return {
    put(value) {
      const earlier = values.findIndex(({ name }) => name === value.name);
      if (earlier !== -1) values.splice(earlier, 1);
      values.push(value);
      wake();
    },
    async take(ms, signal) {
      signal.throwIfAborted();
      if (values.length > 0) return values.shift();
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      wake = stop;
      const cancel = after(Math.max(0, ms), stop);
      signal.addEventListener("abort", stop, { once: true });
      try {
        await promise;
      } finally {
        cancel();
        signal.removeEventListener("abort", stop);
      }
      signal.throwIfAborted();
      return values.shift();
    },
  };
}
