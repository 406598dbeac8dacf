import type { Tx } from "./transaction.ts";

export interface InboxStore {
  /**
   * Records that the consumer applies the message, in the same transaction as the effect.
   * @returns false when the consumer has already applied the message. The caller must then write
   *   nothing
   */
  record(tx: Tx, consumer: string, messageId: string): Promise<boolean>;
  /** Records several messages. @returns how many the consumer has not applied before */
  recordAll(tx: Tx, consumer: string, messageIds: readonly string[]): Promise<number>;
  /** Deletes up to `max` records of the consumer that are older than `ageMs`. */
  cleanUp(tx: Tx, consumer: string, ageMs: number, max: number): Promise<number>;
}
