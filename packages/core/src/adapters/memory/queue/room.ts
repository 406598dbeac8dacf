import assert from "node:assert/strict";
import type { AdmissionEnd, LineFigures, QueueSettings } from "../../../ports/queueStore.ts";
import { endText } from "../../shared/queueJournal.ts";
import { LATEST_WINDOW_US, RATE_WINDOW_US } from "../../shared/queueLimits.ts";
import { type SortedSet, sortedSet } from "../redisState/sortedSet.ts";

/** The mean stay is that of about so many stays. */
const STAYS_MAX = 100;

/** The sequence and the time of a live admission. */
export interface ActiveAdmission {
  readonly sequence: number;
  readonly admittedUs: number;
}

/**
 * The Redis state of one queue in one generation. A user is represented by the user id in decimal
 * digits, as in Redis.
 */
export interface Room {
  settings: QueueSettings;
  /** Increases with each change of the settings in MySQL. */
  settingsVersion: number;
  /** Tokens of earlier epochs are invalid. */
  epoch: number;
  /** The number of this generation. MySQL counts the generations. */
  generation: number;
  readonly generationStartedUs: number;
  lastSequence: number;
  /** Admissions of this generation. */
  admittedCount: number;
  /** Admissions of this generation that have ended. */
  stayCount: number;
  /** Mean duration of about the latest hundred of them, ms. */
  meanStayMs: number;
  /** No user is promoted before this time. */
  readonly quietUntilUs: number;
  /** Waiting users. The score is the sequence. */
  readonly waiting: SortedSet;
  /** Active users. The score is the end of the admission, ms. */
  readonly active: SortedSet;
  /**
   * Active users who have not activated the admission. The score is the activation deadline, ms.
   */
  readonly unactivated: SortedSet;
  /**
   * Users with a place whose admission was missed. The score is the sequence of the place. The user
   * stays here while the place is in line again or is active, because a place returns only once.
   */
  readonly missed: SortedSet;
  /** The admission of each active user. */
  readonly admitted: Map<string, ActiveAdmission>;
  /**
   * Time when a user entered the queue, µs. Has an entry only when this time differs from the
   * sequence.
   */
  readonly entered: Map<string, number>;
  /** Sequence and time of each admission. The score is the time, µs. */
  readonly admissions: SortedSet;
  /** Journal of admissions that MySQL has not recorded. The score is their time, µs. */
  readonly promotions: SortedSet;
  /** Journal of ends that MySQL has not recorded. The score is their time, µs. */
  readonly ends: SortedSet;
}

type Generation = Pick<
  Room,
  | "settings"
  | "settingsVersion"
  | "epoch"
  | "generation"
  | "generationStartedUs"
  | "lastSequence"
  | "quietUntilUs"
>;

/** Creates a state without users. */
export function emptyRoom(generation: Generation): Room {
  return {
    ...generation,
    admittedCount: 0,
    stayCount: 0,
    meanStayMs: 0,
    waiting: sortedSet(),
    active: sortedSet(),
    unactivated: sortedSet(),
    missed: sortedSet(),
    admitted: new Map(),
    entered: new Map(),
    admissions: sortedSet(),
    promotions: sortedSet(),
    ends: sortedSet(),
  };
}

/** Returns the admission of an active user. */
export function activeAdmissionOf(room: Room, user: string): ActiveAdmission {
  const promotion = room.admitted.get(user);
  assert(promotion, `User ${user} is active without a promotion`);
  return promotion;
}

/** Ends an active user's admission. The journal keeps the end until MySQL has recorded it. */
export function endAdmission(room: Room, nowUs: number, user: string, reason: AdmissionEnd): void {
  const { sequence, admittedUs } = activeAdmissionOf(room, user);
  room.active.delete(user);
  room.unactivated.delete(user);
  room.admitted.delete(user);
  keepMissed(room, user, sequence, reason);
  noteStay(room, admittedUs, nowUs);
  const end = {
    sequence,
    userId: Number(user),
    admittedAtUs: admittedUs,
    endedAtUs: nowUs,
    reason,
  };
  room.ends.set(endText(end), nowUs);
}

/** Ends an admission that has expired and that no promotion has ended yet. */
export function endExpired(room: Room, nowUs: number, user: string): void {
  const isUnused = room.unactivated.scoreOf(user) !== undefined;
  endAdmission(room, nowUs, user, isUnused ? "UNCLAIMED" : "EXPIRED");
}

/** Keeps a place whose first admission was missed. Any other end of an admission is final. */
function keepMissed(room: Room, user: string, sequence: number, reason: AdmissionEnd): void {
  if (reason === "UNCLAIMED" && room.missed.scoreOf(user) !== sequence) {
    room.missed.set(user, sequence);
  } else {
    room.missed.delete(user);
  }
}

/** Returns 0 when the clock was set back to before the start. */
function durationMs(sinceUs: number, nowUs: number): number {
  return Math.max(0, Math.floor((nowUs - sinceUs) / 1000));
}

/** Keeps the mean of the latest stays in this generation. */
function noteStay(room: Room, admittedUs: number, nowUs: number): void {
  if (admittedUs < room.generationStartedUs) return;
  const stayMs = durationMs(admittedUs, nowUs);
  room.stayCount += 1;
  room.meanStayMs += (stayMs - room.meanStayMs) / Math.min(room.stayCount, STAYS_MAX);
}

/** Returns the number of admissions since a time. */
export function admissionsSince(room: Room, sinceUs: number): number {
  return room.admissions.size() - room.admissions.countBelow(sinceUs);
}

/** Returns the number of admissions in the last 60 seconds. */
export function recentAdmissions(room: Room, nowUs: number): number {
  return admissionsSince(room, nowUs - RATE_WINDOW_US);
}

/** Returns the figures of the whole queue. */
export function lineFigures(room: Room, nowUs: number): LineFigures {
  const { admissions, admittedCount, generationStartedUs, stayCount } = room;
  const sinceUs = nowUs - RATE_WINDOW_US;
  const [first] = admissions.range(admissions.countBelow(sinceUs), 1);
  return {
    waitingCount: room.waiting.size(),
    activeCount: room.active.size(),
    recentAdmissions: admissionsSince(room, sinceUs),
    latestAdmissions: admissionsSince(room, nowUs - LATEST_WINDOW_US),
    measuredMs: first ? durationMs(first.score, nowUs) : 0,
    admittedCount,
    generationStartedUs,
    stayCount,
    meanStayMs: Math.round(room.meanStayMs),
  };
}
