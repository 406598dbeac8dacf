import type { EndedAdmission, Promotion, QueueSeed, QueueSettings } from "./queueStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface QueueRecord {
  readonly queueId: string;
  /** Tokens of another epoch are void. */
  readonly epoch: number;
  readonly settings: QueueSettings;
}

/** What the database knows of the waiting rooms: their policy and every pass that went out. */
export interface AdmissionStore {
  /** The queue's record; created with the given settings when there is none. */
  ensureQueue(tx: Tx, queueId: string, defaults: QueueSettings): Promise<QueueRecord>;
  findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined>;
  listQueueIds(tx: TxOrNone): Promise<readonly string[]>;
  saveSettings(tx: Tx, queueId: string, settings: QueueSettings): Promise<void>;
  /** One multi-row statement; repeating it changes nothing. */
  recordPromotions(tx: Tx, queueId: string, promotions: readonly Promotion[]): Promise<void>;
  recordEnds(tx: Tx, queueId: string, ended: readonly EndedAdmission[]): Promise<void>;
  /** The pass given for this place, if ever one was. */
  findAdmission(
    tx: TxOrNone,
    queueId: string,
    sequence: number,
  ): Promise<{ userId: number; expiresAtMs: number; ended: boolean } | undefined>;
  /** What the fast memory needs to start again; `quietMs` is the caller's. */
  seedOf(
    tx: TxOrNone,
    queueId: string,
    nowMs: number,
  ): Promise<Pick<QueueSeed, "active" | "recentAdmissionsUs" | "lastSequence">>;
}
