import type { Middleware, RequestContext } from "../http/state.ts";
import { TooManyOpenRequestsError } from "../problems/errors.ts";

/**
 * Counts one more open request of a subject.
 * @returns a function that ends the count for this request; further calls of it do nothing
 * @throws TooManyOpenRequestsError
 */
export type OpenRequest = (subject: string) => () => void;

/**
 * Takes one request from a user's allowance and counts it as open.
 * @returns a function that ends the count for this request; a promise only when the limiter is
 *   asked
 * @throws RateLimitedError, TooManyOpenRequestsError
 */
export type OpenOfUser = (userId: number) => (() => void) | Promise<() => void>;

/** Limits the requests of each subject that are open in this process at the same time. */
export function openRequests(max: number): OpenRequest {
  const counts = new Map<string, number>();
  return (subject) => {
    const count = counts.get(subject) ?? 0;
    if (count >= max) throw new TooManyOpenRequestsError(max);
    counts.set(subject, count + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (counts.get(subject) ?? 1) - 1;
      if (left > 0) counts.set(subject, left);
      else counts.delete(subject);
    };
  };
}

/**
 * Calls `close` when the answer is written completely, or its connection has ended: until then the
 * answer is in the memory of this process. For a stream, which has a bound of its own, at once.
 */
export function closeWhenWritten({ res, respond }: RequestContext, close: () => void): void {
  if (respond === false || res.closed || res.destroyed) close();
  else res.once("close", close);
}

/** Limits the open requests of each address. */
export function boundOpenOfAddress(open: OpenRequest): Middleware {
  return async (ctx, next) => {
    const close = open(ctx.state.network);
    try {
      await next();
    } finally {
      closeWhenWritten(ctx, close);
    }
  };
}
