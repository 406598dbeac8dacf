import type { AdmissionLimits } from "./invariantReader.ts";
import type { EndedAdmission, Promotion, QueueSettings, RebuildInput } from "./queueStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface QueueRecord {
  readonly queueId: string;
  /**
   * When an operator increases this number, all older tokens of the queue become invalid. A token
   * carries the epoch of its time.
   */
  readonly epoch: number;
  readonly settings: QueueSettings;
  /** Increases with each change of the settings. Redis refuses settings of an earlier version. */
  readonly settingsVersion: number;
}

/** A place that its user has given up. */
export interface LeftPlace {
  readonly userId: number;
  readonly sequence: number;
}

/** The queues in MySQL: the settings of each queue, and one row for each admission. */
export interface AdmissionStore {
  /**
   * Returns the queue's record. Creates the record with the given settings when it does not exist.
   */
  ensureQueue(tx: Tx, queueId: string, defaults: QueueSettings): Promise<QueueRecord>;
  findQueue(tx: TxOrNone, queueId: string): Promise<QueueRecord | undefined>;
  listQueueIds(tx: TxOrNone): Promise<readonly string[]>;
  /**
   * Begins a change of the settings: counts their next version, and locks the queue until COMMIT.
   * @param above the new version is above this one too
   * @returns the queue with the new version and the present settings
   */
  beginSettings(tx: Tx, queueId: string, above: number): Promise<QueueRecord | undefined>;
  saveSettings(tx: Tx, queueId: string, settings: QueueSettings): Promise<void>;
  /** Records limits that were in force until now, for the check of I7. */
  keepFormerLimits(tx: Tx, queueId: string, limits: AdmissionLimits): Promise<void>;
  /**
   * Increments the epoch, if the queue still has this epoch. Then all older tokens are invalid.
   * @returns false when the queue has another epoch
   */
  raiseEpoch(tx: Tx, queueId: string, epoch: number): Promise<boolean>;
  /**
   * Records admissions of the current generation. Recording an admission again changes nothing; an
   * admission is identified by its sequence and its time.
   * Until the transaction ends, no new generation can begin.
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
  /**
   * Returns the latest admission of the place with this sequence, if the place was admitted.
   * `missedAtUs` is the end of a missed admission; undefined for any other, and for the second
   * admission of a place that has returned.
   */
  findAdmission(
    tx: TxOrNone,
    queueId: string,
    sequence: number,
  ): Promise<
    | { userId: number; expiresAtMs: number; ended: boolean; missedAtUs: number | undefined }
    | undefined
  >;
  /**
   * Records that a place was given up without an admission, so that no token restores it after
   * Redis lost the queue. Recording it again changes nothing.
   */
  recordLeft(tx: TxOrNone, queueId: string, place: LeftPlace): Promise<void>;
  /** Whether `recordLeft` has recorded the place. */
  hasLeft(tx: TxOrNone, queueId: string, place: LeftPlace): Promise<boolean>;
  /** Deletes up to `max` records of places that were given up more than `ageMs` ago. */
  cleanUpLeft(tx: Tx, ageMs: number, max: number): Promise<number>;
  /** Counts the recorded admissions of places from one sequence to another, both included. */
  countAdmissions(
    tx: TxOrNone,
    queueId: string,
    range: { readonly fromSequence: number; readonly untilSequence: number },
  ): Promise<number>;
  /** Whether the user was admitted to the queue with a later place than this sequence. */
  wasAdmittedLater(
    tx: TxOrNone,
    queueId: string,
    place: { readonly userId: number; readonly sequence: number },
  ): Promise<boolean>;
  /**
   * Increments the generation of the queue's Redis state, and returns the input of the rebuild.
   * Afterwards `recordPromotions` refuses admissions of earlier generations, so the returned input
   * is complete: MySQL will never get another admission of them.
   */
  beginGeneration(
    tx: Tx,
    queueId: string,
    nowMs: number,
  ): Promise<Pick<RebuildInput, "generation" | "active" | "recentAdmissionsUs" | "lastSequence">>;
}
