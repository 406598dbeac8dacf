import type { Tx } from "./transaction.ts";

export interface IdempotencyRecordKey {
  readonly userId: number;
  /** "charge", "reserve", "pay" or "refund". The same key can be used once for each operation. */
  readonly operation: string;
  /** The key from the client: 1 to 255 visible ASCII characters. */
  readonly key: string;
}

export type IdempotencyStart =
  | { readonly state: "started" }
  | { readonly state: "in-progress" }
  | { readonly state: "finished"; readonly fingerprint: string; readonly answer: unknown };

/** Stores one answer for each key, in the same transaction as the effect. */
export interface IdempotencyStore {
  /**
   * Records in this transaction that the request with this key has started, or returns the state of
   * an earlier request with the key. While the transaction of an earlier request is open, returns
   * "in-progress" without waiting. The caller must then roll back, because the database may have
   * rolled the transaction back already.
   */
  start(tx: Tx, key: IdempotencyRecordKey, fingerprint: string): Promise<IdempotencyStart>;
  /** Stores the answer (plain JSON) that belongs to the effect of this transaction. */
  finish(tx: Tx, key: IdempotencyRecordKey, answer: unknown): Promise<void>;
  /** Deletes up to `max` records older than `ageMs`. */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
