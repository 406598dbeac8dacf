import type { EndedAdmission, Promotion, QueueSettings, RebuildInput } from "./queueStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface QueueRecord {
  readonly queueId: string;
  /** Increases to make all older tokens of the queue invalid. A token carries its epoch. */
  readonly epoch: number;
  readonly settings: QueueSettings;
}

/** The queues in MySQL: their settings, and one row for each admission. */
export interface AdmissionStore {
  /**
   * Returns the queue's record. Creates the record with the given settings when it does not exist.
   */
  ensureQueue(tx: Tx, queueId: string, defaults: QueueSettings): Promise<QueueRecord>;
  findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined>;
  listQueueIds(tx: TxOrNone): Promise<readonly string[]>;
  saveSettings(tx: Tx, queueId: string, settings: QueueSettings): Promise<void>;
  /**
   * Records admissions of the current generation. Recording an admission again changes nothing. No
   * other generation begins until the transaction ends.
   * @returns false when a later generation has begun. The method then records nothing, because that
   *   generation was rebuilt without these admissions
   */
  recordPromotions(
    tx: Tx,
    queueId: string,
    generation: number,
    promotions: readonly Promotion[],
  ): Promise<boolean>;
  recordEnds(tx: Tx, queueId: string, ended: readonly EndedAdmission[]): Promise<void>;
  /** Returns the admission of the place with this sequence, if the place was admitted. */
  findAdmission(
    tx: TxOrNone,
    queueId: string,
    sequence: number,
  ): Promise<{ userId: number; expiresAtMs: number; ended: boolean } | undefined>;
  /**
   * Increments the generation of the queue's Redis state, and returns the input of the rebuild.
   * Afterwards `recordPromotions` refuses earlier generations, so the input contains every
   * admission that MySQL will ever have of them.
   */
  beginGeneration(
    tx: Tx,
    queueId: string,
    nowMs: number,
  ): Promise<Pick<RebuildInput, "generation" | "active" | "recentAdmissionsUs" | "lastSequence">>;
}
