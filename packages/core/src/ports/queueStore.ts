/** How a waiting room lets people through. */
export interface QueueSettings {
  /** Most buyers that may be active at once. */
  readonly activeCountMax: number;
  /** Most admissions in any 60 seconds. */
  readonly admissionRatePerMinute: number;
  /** How long an admission lives. */
  readonly activeTtlMs: number;
  /** An admitted buyer who does not show up within this time gives the slot back. */
  readonly activationMs: number;
  readonly mode: QueueMode;
}

/** open: join and promote; paused: join only; draining: neither new joins, promotion goes on. */
export type QueueMode = "open" | "paused" | "draining";

/** A place in line; times in ms of the queue's own clock. */
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
  /** When the place entered this generation's line; later than its sequence after a loss. */
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
  /** This call's admissions, and earlier ones that nobody recorded in time. */
  readonly promoted: readonly Promotion[];
  readonly ended: readonly EndedAdmission[];
  /** Names `promoted` and `ended` for `settle`; means nothing to anybody but the store. */
  readonly journal: QueueJournal;
  /** The generation that these admissions are of; the database refuses those of an earlier one. */
  readonly generation: number;
  /** How many moved in this call. */
  readonly movedCount: number;
  readonly waitingCount: number;
  readonly activeCount: number;
}

/** Admissions and ends as the store remembers them until the database has them. */
export interface QueueJournal {
  readonly promotions: readonly string[];
  readonly ends: readonly string[];
}

/** What the store needs to start a generation, after a first start or after a loss. */
export interface RebuildInput {
  readonly settings: QueueSettings;
  /** Counted by the database. A generation that stands takes the higher number. */
  readonly generation: number;
  /** Live admissions that still count against the cap. */
  readonly active: readonly { userId: number; sequence: number; expiresAtMs: number }[];
  /** Times of the admissions of the last 60 seconds, which count against the rate. */
  readonly recentAdmissionsUs: readonly number[];
  /** The highest sequence that is known to have been given. */
  readonly lastSequence: number;
  /** How long promotion waits, so that those ahead are back first; 0 for a first start. */
  readonly quietMs: number;
}

/** The store holds nothing of this queue: it never did, or it lost everything. */
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
 * The waiting room's Redis state. Each call is atomic; the clock is the store's own. It may lose
 * everything at any time: every answer can be MISSING, upon which the caller rebuilds it from the
 * database and asks again.
 */
export interface QueueStore {
  /** Starts a generation unless one lives already; answers which generation stands. */
  rebuild(queueId: string, rebuild: RebuildInput): Promise<{ generationStartedUs: number }>;
  /**
   * Gives the user's place, a new one at the tail if there is none.
   * @param restoreSequence the sequence of a proven older place, to be taken again
   */
  join(
    queueId: string,
    userId: number,
    restoreSequence?: number,
  ): Promise<QueuePlace | QueueMissing | { readonly status: "CLOSED" }>;
  /** Where the user stands; NONE when nowhere. Notes that the user showed up. */
  place(
    queueId: string,
    userId: number,
  ): Promise<QueuePlace | QueueMissing | { readonly status: "NONE" }>;
  /**
   * Ends expired and unactivated admissions, then moves the head of the line into the free slots.
   * What it answers is remembered until `settle`; unrecorded admissions come again after a second,
   * and then nobody else is promoted until they are settled.
   */
  promote(queueId: string, max: number): Promise<PromotionResult | QueueMissing>;
  /** Forgets what the database has recorded. */
  settle(queueId: string, journal: QueueJournal): Promise<void>;
  /** Gives up the place, waiting or active. */
  leave(
    queueId: string,
    userId: number,
    reason: "PAID" | "LEFT",
  ): Promise<
    | QueueMissing
    | { readonly status: "NONE" }
    | { status: "ENDED"; ended: EndedAdmission | undefined }
  >;
  /** Replaces the settings; where there is no generation, the next one brings its own. */
  configure(
    queueId: string,
    settings: QueueSettings,
  ): Promise<QueueMissing | { readonly status: "CONFIGURED" }>;
  stats(queueId: string): Promise<QueueStats | QueueMissing>;
}
