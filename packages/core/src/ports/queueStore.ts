/** How many buyers a queue admits, at what rate and for how long. */
export interface QueueSettings {
  /** Maximum number of buyers who may be active at the same time. */
  readonly activeCountMax: number;
  /** Maximum number of admissions in any 60 seconds. */
  readonly admissionRatePerMinute: number;
  /** Duration of an admission, ms. */
  readonly activeTtlMs: number;
  /** An admission ends when its buyer does not activate it within this time, ms. */
  readonly activationMs: number;
  readonly mode: QueueMode;
}

/** open: joins and promotion; paused: joins only; draining: promotion only. */
export type QueueMode = "open" | "paused" | "draining";

/** Figures of a whole queue at one moment, from which waiting times are estimated. */
export interface LineFigures {
  readonly waitingCount: number;
  readonly activeCount: number;
  /** Admissions in the last 60 seconds. */
  readonly recentAdmissions: number;
  /** Admissions in the last 10 seconds. */
  readonly latestAdmissions: number;
  /** Time since the first of `recentAdmissions`, ms; 0 without one. */
  readonly measuredMs: number;
  /** Admissions of this generation. The count starts again at 0 with each generation. */
  readonly admittedCount: number;
  /** Start of the current generation, µs since the epoch. */
  readonly generationStartedUs: number;
  /** Admissions of this generation that have ended. */
  readonly stayCount: number;
  /** Mean duration of about the latest hundred of them, whole ms; 0 without one. */
  readonly meanStayMs: number;
}

/** Positions of users in a line, and the state of the line at the same moment. */
export interface LinePositions extends Pick<LineFigures, "generationStartedUs" | "admittedCount"> {
  /** 0 for a user who is not waiting. */
  readonly positions: readonly number[];
}

/** A place in the queue whose user waits. */
export interface WaitingPlace extends LineFigures {
  readonly status: "WAITING";
  readonly userId: number;
  readonly sequence: number;
  /** The first waiting buyer has position 1. */
  readonly position: number;
  /** True in the answer of the call that returned a missed place to the line. */
  readonly hasReturned?: boolean;
}

/** A place in the queue. The store's clock (Redis's clock) gives its times. */
export type QueuePlace =
  | WaitingPlace
  | {
      readonly status: "ACTIVE";
      readonly userId: number;
      readonly sequence: number;
      /** When the admission ends, ms since the Unix epoch. */
      readonly expiresAtMs: number;
    };

/** A place that ended as UNCLAIMED and can return, of a user who has no other place. */
export interface MissedPlace extends Pick<WaitingPlace, "userId" | "sequence"> {
  readonly status: "MISSED";
}

export interface Promotion {
  readonly userId: number;
  readonly sequence: number;
  /** Time of the admission, µs since the epoch. All admissions of a batch have the same time. */
  readonly admittedAtUs: number;
  /**
   * Time when the place entered the queue in this generation, µs. For a place that was restored
   * after a Redis loss, it is the time of the return. The sequence of such a place keeps the time
   * of the first join.
   */
  readonly enteredAtUs: number;
  readonly expiresAtMs: number;
}

export type AdmissionEnd = "PAID" | "LEFT" | "EXPIRED" | "UNCLAIMED";

export interface EndedAdmission {
  readonly userId: number;
  readonly sequence: number;
  /** A place that returned to the line has two admissions. */
  readonly admittedAtUs: number;
  readonly endedAtUs: number;
  readonly reason: AdmissionEnd;
}

export interface PromotionResult {
  /**
   * The admissions of this call, and earlier admissions that MySQL should have recorded by now but
   * has not.
   */
  readonly promoted: readonly Promotion[];
  readonly ended: readonly EndedAdmission[];
  /** Identifies `promoted` and `ended` in a call of `settle`. Only the store reads it. */
  readonly journal: QueueJournal;
  /** The generation of these admissions. MySQL refuses admissions of an earlier generation. */
  readonly generation: number;
  /** The epoch that the store knows; 0 in a state that was made before the store kept epochs. */
  readonly epoch: number;
  /** The version of the settings that limited this call. */
  readonly settingsVersion: number;
  /** Number of buyers that this call promoted. */
  readonly movedCount: number;
  readonly waitingCount: number;
  readonly activeCount: number;
}

/** Journal entries of admissions and ends. The store keeps them until MySQL has recorded them. */
export interface QueueJournal {
  readonly promotions: readonly string[];
  readonly ends: readonly string[];
}

/** The input of a rebuild, at the first start of a queue or after Redis lost the queue. */
export interface RebuildInput {
  readonly settings: QueueSettings;
  /** The version of these settings, from MySQL. */
  readonly settingsVersion: number;
  /** The epoch of the queue, from MySQL. */
  readonly epoch: number;
  /**
   * The number of the new generation, from MySQL. A store that already has a state takes over the
   * number if its own is lower.
   */
  readonly generation: number;
  /** Live admissions, which count against `activeCountMax`. */
  readonly active: readonly Omit<Promotion, "enteredAtUs">[];
  /** Times of the admissions in the last 60 seconds, which count against the admission rate. */
  readonly recentAdmissionsUs: readonly number[];
  /** The highest sequence that MySQL knows. */
  readonly lastSequence: number;
  /**
   * Time after the rebuild in which no buyer is promoted, so that the buyers who were waiting can
   * return first; 0 for the first start of a queue.
   */
  readonly quietMs: number;
}

/** The store has no Redis state of this queue: it was never built, or Redis lost it. */
export interface QueueMissing {
  readonly status: "MISSING";
}

export interface QueueStats extends LineFigures {
  readonly lastSequence: number;
  readonly settings: QueueSettings;
  readonly settingsVersion: number;
  /** The epoch that the store knows; 0 in a state that was made before the store kept epochs. */
  readonly epoch: number;
}

/** A place as an operator sees it; looking at it does not activate an admission. */
export interface ListedPlace {
  readonly userId: number;
  readonly sequence: number;
  /** When the admission ends, ms since the Unix epoch; undefined for a waiting user. */
  readonly expiresAtMs: number | undefined;
  /** Whether the user has used the admission. */
  readonly isActivated: boolean;
}

/** One page of the places of a queue. */
export interface PlacePage {
  /** Number of places in this state, on all pages. */
  readonly total: number;
  readonly places: readonly ListedPlace[];
}

/** Bounds of a promotion that an operator asks for. The limits of the queue still apply. */
export interface PromotionBounds {
  /** Users with a later place stay in line. */
  readonly untilSequence: number;
  /** Whether a paused queue promotes too. */
  readonly whilePaused: boolean;
  /** No user is promoted when the settings have another version. */
  readonly settingsVersion: number;
}

/** NEWER: the user's place is later than the place of the token; nothing was changed. */
export type LeaveAnswer =
  | { readonly status: "NONE" | "NEWER" }
  | { readonly status: "ENDED"; readonly ended: EndedAdmission | undefined };

/**
 * The Redis state of the queues. Each call is atomic and uses the clock of Redis. The store may
 * lose its whole state at any time, so every answer can be MISSING. The caller then rebuilds the
 * queue from MySQL and calls again. A generation of a queue is the time from one rebuild to the
 * next loss.
 */
export interface QueueStore {
  /**
   * Starts a new generation when the queue has no Redis state, or a stale one: a state of an old
   * generation that does not have each of the live admissions. Otherwise the current generation
   * continues.
   * @returns the start of the current generation
   */
  rebuild(queueId: string, rebuild: RebuildInput): Promise<{ generationStartedUs: number }>;
  /**
   * Returns the user's place. A user without a place gets a new place at the tail.
   * @param restoreSequence the sequence of an earlier place that the user's token proves
   * @param wasMissed whether this place has missed an admission, so that it does not return again
   */
  join(
    queueId: string,
    userId: number,
    restoreSequence?: number,
    wasMissed?: boolean,
  ): Promise<QueuePlace | QueueMissing | { readonly status: "CLOSED" }>;
  /**
   * Returns the user's place, or NONE. If the user is active, also marks the admission as used.
   * @param provenSequence that of the user's token. A token of an earlier place activates nothing
   * @param mayReturn whether a missed place with this sequence returns to the line, once
   */
  place(
    queueId: string,
    userId: number,
    provenSequence?: number,
    mayReturn?: boolean,
  ): Promise<QueuePlace | MissedPlace | QueueMissing | { readonly status: "NONE" }>;
  /**
   * Returns the position of each user, in the order of `userIds`; 0 for a user who is not waiting.
   * Activates no admission.
   */
  positions(queueId: string, userIds: readonly number[]): Promise<LinePositions | QueueMissing>;
  /**
   * Ends the admissions that have expired or were not activated in time. Then promotes users from
   * the head of the queue into the free slots. The store keeps the returned batch until `settle`.
   * When a batch is not settled within a second, the store returns it again and promotes no other
   * user until it is settled.
   */
  promote(
    queueId: string,
    max: number,
    bounds?: PromotionBounds,
  ): Promise<PromotionResult | QueueMissing>;
  /** Removes the journal entries of admissions and ends that MySQL has recorded. */
  settle(queueId: string, journal: QueueJournal): Promise<void>;
  /**
   * Ends the user's place. LEFT ends any place, PAID only an active one.
   * @param provenSequence that of the user's token. An earlier one ends only its own missed place
   */
  leave(
    queueId: string,
    userId: number,
    reason: "PAID" | "LEFT",
    provenSequence?: number,
  ): Promise<QueueMissing | LeaveAnswer>;
  /**
   * Replaces the settings. A queue without Redis state gets its settings at the next rebuild.
   * @returns NEWER when the store has settings of a later version: nothing was changed
   */
  configure(
    queueId: string,
    settings: QueueSettings,
    settingsVersion: number,
  ): Promise<QueueMissing | { readonly status: "CONFIGURED" | "NEWER" }>;
  /** Keeps the epoch, unless the store has a later one. A queue without a state ignores it. */
  keepEpoch(queueId: string, epoch: number): Promise<void>;
  stats(queueId: string): Promise<QueueStats | QueueMissing>;
  /**
   * Lists waiting users by their position, or active users by the end of their admission.
   * @param page.offset places before the first one of the page
   */
  list(
    queueId: string,
    status: "WAITING" | "ACTIVE",
    page: { readonly offset: number; readonly max: number },
  ): Promise<PlacePage | QueueMissing>;
  /**
   * Ends places at the end of the line of a draining queue.
   * @param settingsVersion the version of the settings that began the drain
   * @returns NOT_DRAINING for a queue in another mode, or with settings of another version: nothing
   *   was changed
   */
  discardWaiting(
    queueId: string,
    max: number,
    settingsVersion: number,
  ): Promise<
    | QueueMissing
    | { readonly status: "NOT_DRAINING" }
    | { readonly status: "DISCARDED"; readonly discardedCount: number }
  >;
  /**
   * Removes the state of the queue, as if Redis had lost it, if its generation began at this time.
   * @returns NEWER when another generation has begun: nothing was changed
   */
  discardState(
    queueId: string,
    generationStartedUs: number,
  ): Promise<QueueMissing | { readonly status: "NEWER" | "DISCARDED" }>;
}
