import type { Tx } from "./transaction.ts";

export interface IdempotencyRecordKey {
  readonly userId: number;
  /** "charge", "reserve", "pay" or "refund"; a key may be used once for each of them. */
  readonly operation: string;
  /** Made by the client: 1 to 255 visible ASCII characters. */
  readonly key: string;
}

export type IdempotencyStart =
  | { readonly state: "started" }
  | { readonly state: "in-progress" }
  | { readonly state: "finished"; readonly fingerprint: string; readonly answer: unknown };

/** Stores one answer for each key, in the transaction of the effect. */
export interface IdempotencyStore {
  /**
   * Starts the key for this transaction, or answers the state of an earlier start. Does not wait
   * for another transaction that has started the key: the answer is "in-progress" then. The caller
   * must give up after that answer, because the database may have rolled the transaction back.
   */
  start(tx: Tx, key: IdempotencyRecordKey, fingerprint: string): Promise<IdempotencyStart>;
  /** Stores the answer (plain JSON) of the effect that this transaction makes. */
  finish(tx: Tx, key: IdempotencyRecordKey, answer: unknown): Promise<void>;
  /** Deletes up to `max` records older than `ageMs`. */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
