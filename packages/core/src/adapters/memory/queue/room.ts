import assert from "node:assert/strict";
import type { AdmissionEnd, QueueSettings } from "../../../ports/queueStore.ts";
import { endText } from "../../shared/queueJournal.ts";
import { RATE_WINDOW_US } from "../../shared/queueLimits.ts";
import { type SortedSet, sortedSet } from "../redisState/sortedSet.ts";

/** Place and time of a live admission. */
export interface ActiveAdmission {
  readonly sequence: number;
  /** 0 for an admission of an earlier generation, which a rebuild restored. */
  readonly admittedUs: number;
}

/** The state of one queue in one generation. A user is the id in digits, as in Redis. */
export interface Room {
  settings: QueueSettings;
  /** Counted by MySQL. */
  generation: number;
  readonly generationStartedUs: number;
  lastSequence: number;
  /** No user is promoted before this time. */
  readonly quietUntilUs: number;
  /** Waiting users, by sequence. */
  readonly waiting: SortedSet;
  /** Active users, by the end of their admission, ms. */
  readonly active: SortedSet;
  /** Active users who have not activated the admission, by the deadline, ms. */
  readonly unactivated: SortedSet;
  /** The admission of each active user. */
  readonly admitted: Map<string, ActiveAdmission>;
  /** When a user entered the queue, µs; only where that is not the sequence. */
  readonly entered: Map<string, number>;
  /** Sequences, by the time of their admission, µs. */
  readonly admissions: SortedSet;
  /** Admissions that MySQL has not recorded, by their time, µs. */
  readonly promotions: SortedSet;
  /** Ends that MySQL has not recorded, by their time, µs. */
  readonly ends: SortedSet;
}

type Generation = Pick<
  Room,
  "settings" | "generation" | "generationStartedUs" | "lastSequence" | "quietUntilUs"
>;

/** A state without users. */
export function emptyRoom(generation: Generation): Room {
  return {
    ...generation,
    waiting: sortedSet(),
    active: sortedSet(),
    unactivated: sortedSet(),
    admitted: new Map(),
    entered: new Map(),
    admissions: sortedSet(),
    promotions: sortedSet(),
    ends: sortedSet(),
  };
}

/** The admission of an active user. */
export function activeAdmissionOf(room: Room, user: string): ActiveAdmission {
  const promotion = room.admitted.get(user);
  assert(promotion, `User ${user} is active without a promotion`);
  return promotion;
}

/** Ends the admission of an active user, and keeps the end until MySQL has recorded it. */
export function endAdmission(room: Room, nowUs: number, user: string, reason: AdmissionEnd): void {
  const { sequence, admittedUs } = activeAdmissionOf(room, user);
  room.active.delete(user);
  room.unactivated.delete(user);
  room.admitted.delete(user);
  const end = { sequence, userId: Number(user), admittedUs, endedAtUs: nowUs, reason };
  room.ends.set(endText(end), nowUs);
}

/** How many admissions there were since a time. */
export function admissionsSince(room: Room, sinceUs: number): number {
  return room.admissions.size() - room.admissions.countBelow(sinceUs);
}

/** How many admissions there were in the last 60 seconds. */
export function recentAdmissions(room: Room, nowUs: number): number {
  return admissionsSince(room, nowUs - RATE_WINDOW_US);
}
