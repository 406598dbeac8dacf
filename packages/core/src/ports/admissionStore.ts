import type { EndedAdmission, Promotion, QueueSettings, RebuildInput } from "./queueStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface QueueRecord {
  readonly queueId: string;
  /** Tokens of another epoch are void. */
  readonly epoch: number;
  readonly settings: QueueSettings;
}

/** Queues in MySQL: their settings, and one row for each admission. */
export interface AdmissionStore {
  /** The queue's record. Creates it with the given settings when there is none. */
  ensureQueue(tx: Tx, queueId: string, defaults: QueueSettings): Promise<QueueRecord>;
  findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined>;
  listQueueIds(tx: TxOrNone): Promise<readonly string[]>;
  saveSettings(tx: Tx, queueId: string, settings: QueueSettings): Promise<void>;
  /**
   * Records admissions of the current generation; a repetition changes nothing. No other generation
   * begins until the transaction ends.
   * @returns false, and records nothing, when a later generation has begun: it was rebuilt without
   *   these admissions
   */
  recordPromotions(
    tx: Tx,
    queueId: string,
    generation: number,
    promotions: readonly Promotion[],
  ): Promise<boolean>;
  recordEnds(tx: Tx, queueId: string, ended: readonly EndedAdmission[]): Promise<void>;
  /** The admission of the place with this sequence, if there was one. */
  findAdmission(
    tx: TxOrNone,
    queueId: string,
    sequence: number,
  ): Promise<{ userId: number; expiresAtMs: number; ended: boolean } | undefined>;
  /**
   * Counts a new generation of the queue's Redis state, and answers the input of its rebuild. From
   * then on `recordPromotions` refuses earlier generations, so the rebuild has every admission.
   */
  beginGeneration(
    tx: Tx,
    queueId: string,
    nowMs: number,
  ): Promise<Pick<RebuildInput, "generation" | "active" | "recentAdmissionsUs" | "lastSequence">>;
}
