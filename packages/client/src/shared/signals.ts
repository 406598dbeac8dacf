import type { Environment } from "./environment.ts";

/**
 * Waits.
 * @throws the reason of the signal, as soon as it aborts
 */
export function sleep(
  { after }: Environment,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/**
 * Waits for work that knows no signal, and no longer than until the signal aborts.
 * @throws the reason of the signal
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The limits of work: a signal of the caller, and a time in milliseconds. */
export interface Bounds {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Makes the reason of the signal after the time. Default: a DOMException `TimeoutError`. */
  readonly timeoutError?: ((timeoutMs: number) => Error) | undefined;
}

/** A signal that aborts together with the caller's, and after the time. */
export interface BoundSignal {
  readonly signal: AbortSignal;
  abort(): void;
  /** Ends the timer and the listener. */
  release(): void;
}

/**
 * Makes a signal for bounded work. Its listener is removed by `release`, because the caller's
 * signal can live as long as a page: `AbortSignal.any` would keep an entry for each request in it.
 * @throws the reason of the caller's signal, when it is aborted already
 */
export function boundSignal(
  environment: Pick<Environment, "after">,
  { signal, timeoutMs, timeoutError = defaultTimeoutError }: Bounds,
): BoundSignal {
  signal?.throwIfAborted();
  const own = new AbortController();
  const abort = (): void => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const cancel =
    timeoutMs === undefined
      ? undefined
      : environment.after(timeoutMs, () => own.abort(timeoutError(timeoutMs)));
  return {
    signal: own.signal,
    abort: () => own.abort(),
    release() {
      cancel?.();
      signal?.removeEventListener("abort", abort);
    },
  };
}

/** Runs work with the signal of its bounds. @throws as `boundSignal` */
export async function bounded<T>(
  environment: Pick<Environment, "after">,
  bounds: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bound = boundSignal(environment, bounds);
  try {
    return await work(bound.signal);
  } finally {
    bound.release();
  }
}

function defaultTimeoutError(ms: number): DOMException {
  return new DOMException(`There was no result within ${ms} ms`, "TimeoutError");
}
