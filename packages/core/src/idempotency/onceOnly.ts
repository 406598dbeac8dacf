import type { z } from "zod";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import { IdempotencyInProgressError, IdempotencyMismatchError } from "./errors.ts";

/** The client's name for one request. A repetition of the request has the same key. */
export interface IdempotencyInput {
  /** 1 to 255 visible ASCII characters. */
  readonly key: string;
}

/** An answer, and whether it is the stored answer of an earlier request. */
export interface Once<T> {
  readonly value: T;
  readonly replayed: boolean;
}

export interface OnceOnlyRequest<T> {
  readonly userId: number;
  readonly operation: "charge" | "reserve" | "pay" | "refund";
  readonly idempotency: IdempotencyInput | undefined;
  /** The body of the request. The same key with another body is refused. */
  readonly body: unknown;
  readonly answer: z.ZodType<T>;
}

/**
 * Runs the work once for each key. A repetition gets the stored answer. The key, the effect and the
 * answer commit in one transaction, so a request that fails leaves its key unused.
 * @throws IdempotencyInProgressError while the first request runs
 * @throws IdempotencyMismatchError when the key was used with another body
 */
export async function onceOnly<T>(
  core: CoreContext,
  tx: Tx,
  request: OnceOnlyRequest<T>,
  effect: () => Promise<T>,
): Promise<Once<T>> {
  const { userId, operation, idempotency } = request;
  if (!idempotency) return { value: await effect(), replayed: false };
  const record = { userId, operation, key: idempotency.key };
  const fingerprint = fingerprintOf(request.body);
  const start = await core.idempotency.start(tx, record, fingerprint);
  if (start.state === "in-progress") throw new IdempotencyInProgressError();
  if (start.state === "finished") {
    if (start.fingerprint !== fingerprint) throw new IdempotencyMismatchError();
    return { value: request.answer.parse(start.answer), replayed: true };
  }
  const value = await effect();
  await core.idempotency.finish(tx, record, value);
  return { value, replayed: false };
}
