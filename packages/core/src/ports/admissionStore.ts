import type { EndedAdmission, Promotion, QueueSettings, RebuildInput } from "./queueStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface QueueRecord {
  readonly queueId: string;
  /** Tokens of another epoch are void. */
  readonly epoch: number;
  readonly settings: QueueSettings;
}

/** What the database knows of the waiting rooms: their policy and every admission that went out. */
export interface AdmissionStore {
  /** The queue's record; created with the given settings when there is none. */
  ensureQueue(tx: Tx, queueId: string, defaults: QueueSettings): Promise<QueueRecord>;
  findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined>;
  listQueueIds(tx: TxOrNone): Promise<readonly string[]>;
  saveSettings(tx: Tx, queueId: string, settings: QueueSettings): Promise<void>;
  /**
   * Records the admissions of the generation that the database counts now; repeating it changes
   * nothing. No other generation begins until the transaction ends.
   * @returns false when another generation has begun since: it was rebuilt without these
   *   admissions, so   nothing was recorded
   */
  recordPromotions(
    tx: Tx,
    queueId: string,
    generation: number,
    promotions: readonly Promotion[],
  ): Promise<boolean>;
  recordEnds(tx: Tx, queueId: string, ended: readonly EndedAdmission[]): Promise<void>;
  /** The admission given for this place, if ever one was. */
  findAdmission(
    tx: TxOrNone,
    queueId: string,
    sequence: number,
  ): Promise<{ userId: number; expiresAtMs: number; ended: boolean } | undefined>;
  /**
   * Counts a new generation of the queue's Redis state, and answers what that needs to start: from
   * then on admissions of earlier ones are refused, so that what is rebuilt is all that is out.
   */
  beginGeneration(
    tx: Tx,
    queueId: string,
    nowMs: number,
  ): Promise<Pick<RebuildInput, "generation" | "active" | "recentAdmissionsUs" | "lastSequence">>;
}
