/** How many buyers a queue admits, how fast and for how long. */
export interface QueueSettings {
  /** Most buyers that may be active at once. */
  readonly activeCountMax: number;
  /** Most admissions in any 60 seconds. */
  readonly admissionRatePerMinute: number;
  /** How long an admission lasts. */
  readonly activeTtlMs: number;
  /** An admission that its buyer does not activate within this time ends. */
  readonly activationMs: number;
  readonly mode: QueueMode;
}

/** open: joins and promotion; paused: joins only; draining: promotion only. */
export type QueueMode = "open" | "paused" | "draining";

/** A place in the queue; times by the store's clock. */
export type QueuePlace =
  | {
      readonly status: "WAITING";
      readonly userId: number;
      readonly sequence: number;
      /** 1-based. */
      readonly position: number;
      /** Admissions in the last 60 seconds, for the estimate. */
      readonly recentAdmissions: number;
      readonly activeCount: number;
    }
  | {
      readonly status: "ACTIVE";
      readonly userId: number;
      readonly sequence: number;
      /** When the admission ends, ms since the Unix epoch. */
      readonly expiresAtMs: number;
    };

export interface Promotion {
  readonly userId: number;
  readonly sequence: number;
  /** Microseconds since the epoch; the same for a whole batch. */
  readonly admittedAtUs: number;
  /**
   * When the place entered the queue in this generation, µs; after a loss later than its sequence.
   */
  readonly enteredAtUs: number;
  readonly expiresAtMs: number;
}

export type AdmissionEnd = "PAID" | "LEFT" | "EXPIRED" | "UNCLAIMED";

export interface EndedAdmission {
  readonly userId: number;
  readonly sequence: number;
  readonly endedAtUs: number;
  readonly reason: AdmissionEnd;
}

export interface PromotionResult {
  /** The admissions of this call, and earlier ones that are overdue for recording. */
  readonly promoted: readonly Promotion[];
  readonly ended: readonly EndedAdmission[];
  /** Names `promoted` and `ended` for `settle`; only the store reads it. */
  readonly journal: QueueJournal;
  /** The generation of these admissions; MySQL refuses admissions of an earlier one. */
  readonly generation: number;
  /** How many moved in this call. */
  readonly movedCount: number;
  readonly waitingCount: number;
  readonly activeCount: number;
}

/** Admissions and ends in the form in which the store keeps them until MySQL has recorded them. */
export interface QueueJournal {
  readonly promotions: readonly string[];
  readonly ends: readonly string[];
}

/** The input of a rebuild, at a first start or after a loss. */
export interface RebuildInput {
  readonly settings: QueueSettings;
  /** Counted by MySQL. A store that has a generation takes the number if it is higher. */
  readonly generation: number;
  /** Live admissions that still count against the cap. */
  readonly active: readonly { userId: number; sequence: number; expiresAtMs: number }[];
  /** Times of the admissions of the last 60 seconds, which count against the rate. */
  readonly recentAdmissionsUs: readonly number[];
  /** The highest sequence that MySQL knows. */
  readonly lastSequence: number;
  /** How long promotion pauses, so that waiting buyers return first; 0 for a first start. */
  readonly quietMs: number;
}

/** The store has no state of this queue: none was created, or the store lost it. */
export interface QueueMissing {
  readonly status: "MISSING";
}

export interface QueueStats {
  readonly waitingCount: number;
  readonly activeCount: number;
  readonly lastSequence: number;
  readonly recentAdmissions: number;
  /** When this generation began, µs since the epoch. */
  readonly generationStartedUs: number;
  readonly settings: QueueSettings;
}

/**
 * The Redis state of the queues. Each call is atomic and uses the store's clock. The store may lose
 * everything at any time: every answer can be MISSING. The caller then rebuilds the queue from
 * MySQL and calls again.
 */
export interface QueueStore {
  /** Starts a generation unless the queue has one. @returns when the current one began */
  rebuild(queueId: string, rebuild: RebuildInput): Promise<{ generationStartedUs: number }>;
  /**
   * Answers the user's place; a user without a place gets a new one at the tail.
   * @param restoreSequence the sequence of an earlier place that the user's token proves
   */
  join(
    queueId: string,
    userId: number,
    restoreSequence?: number,
  ): Promise<QueuePlace | QueueMissing | { readonly status: "CLOSED" }>;
  /** Answers the user's place, or NONE. For an active user this is the activation. */
  place(
    queueId: string,
    userId: number,
  ): Promise<QueuePlace | QueueMissing | { readonly status: "NONE" }>;
  /**
   * Ends the admissions that are over or were not activated in time, then admits the head of the
   * queue into the free slots. The store keeps the returned batch until `settle`. Admissions that
   * are not settled after a second are returned again, and no other user is promoted until they are
   * settled.
   */
  promote(queueId: string, max: number): Promise<PromotionResult | QueueMissing>;
  /** Removes admissions and ends that MySQL has recorded. */
  settle(queueId: string, journal: QueueJournal): Promise<void>;
  /** Ends the user's place, waiting or active. */
  leave(
    queueId: string,
    userId: number,
    reason: "PAID" | "LEFT",
  ): Promise<
    | QueueMissing
    | { readonly status: "NONE" }
    | { status: "ENDED"; ended: EndedAdmission | undefined }
  >;
  /** Replaces the settings. A missing queue gets its settings at the rebuild. */
  configure(
    queueId: string,
    settings: QueueSettings,
  ): Promise<QueueMissing | { readonly status: "CONFIGURED" }>;
  stats(queueId: string): Promise<QueueStats | QueueMissing>;
}
