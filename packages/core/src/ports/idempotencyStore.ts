import type { Tx } from "./transaction.ts";

export interface IdempotencyRecordKey {
  readonly userId: number;
  /** "charge", "reserve", "pay", "refund": the same key may be used once for each. */
  readonly operation: string;
  /** Made by the client: 1 to 255 visible ASCII characters. */
  readonly key: string;
}

export type IdempotencyStart =
  | { readonly state: "started" }
  | { readonly state: "in-progress" }
  | { readonly state: "finished"; readonly fingerprint: string; readonly answer: unknown };

/** One answer for each key, written in the transaction of the effect. */
export interface IdempotencyStore {
  /**
   * Starts the key for this transaction, or tells who came first. Never waits for another
   * transaction that holds the key: that one is "in-progress". Whoever hears so gives up: the
   * database may have taken the transaction back already.
   */
  start(tx: Tx, key: IdempotencyRecordKey, fingerprint: string): Promise<IdempotencyStart>;
  /** Stores the answer (plain JSON) of the effect that this transaction makes. */
  finish(tx: Tx, key: IdempotencyRecordKey, answer: unknown): Promise<void>;
  /** Deletes up to `max` records older than `ageMs`. */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
