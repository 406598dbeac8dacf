import assert from "node:assert/strict";
import type { AdmissionEnd, QueueSettings } from "../../../ports/queueStore.ts";
import { endText } from "../../shared/queueJournal.ts";
import { RATE_WINDOW_US } from "../../shared/queueLimits.ts";
import { type SortedSet, sortedSet } from "../redisState/sortedSet.ts";

/** The place and the time of an admission that is out. */
export interface ActiveAdmission {
  readonly sequence: number;
  /** 0 when an earlier generation gave it, and it came back by rebuild. */
  readonly admittedUs: number;
}

/** A waiting room of one generation; users are named by the digits of their ids. */
export interface Room {
  settings: QueueSettings;
  /** The database's count of generations. */
  generation: number;
  readonly generationStartedUs: number;
  lastSequence: number;
  /** Nobody is promoted before this. */
  readonly quietUntilUs: number;
  /** Users by sequence. */
  readonly waiting: SortedSet;
  /** Users by the end of their admission, ms. */
  readonly active: SortedSet;
  /** Users who did not show up yet, by the time until which they may, ms. */
  readonly unactivated: SortedSet;
  /** One for each active user. */
  readonly admitted: Map<string, ActiveAdmission>;
  /** When a place entered the line, µs; only where it is not what the sequence says. */
  readonly entered: Map<string, number>;
  /** Sequences by the time of their admission, µs. */
  readonly admissions: SortedSet;
  /** Admissions that are to be recorded, by the time of admission, µs. */
  readonly promotions: SortedSet;
  /** Ends that are to be recorded, by their time, µs. */
  readonly ends: SortedSet;
}

type Generation = Pick<
  Room,
  "settings" | "generation" | "generationStartedUs" | "lastSequence" | "quietUntilUs"
>;

/** A room in which nobody is. */
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

/** The admission of a user who is active. */
export function activeAdmissionOf(room: Room, user: string): ActiveAdmission {
  const promotion = room.admitted.get(user);
  assert(promotion, `User ${user} is active without a promotion`);
  return promotion;
}

/** Ends the admission of a user who is active, and keeps the end until it is recorded. */
export function endAdmission(room: Room, nowUs: number, user: string, reason: AdmissionEnd): void {
  const { sequence, admittedUs } = activeAdmissionOf(room, user);
  room.active.delete(user);
  room.unactivated.delete(user);
  room.admitted.delete(user);
  const end = { sequence, userId: Number(user), admittedUs, endedAtUs: nowUs, reason };
  room.ends.set(endText(end), nowUs);
}

/** Admissions since then. */
export function admissionsSince(room: Room, sinceUs: number): number {
  return room.admissions.size() - room.admissions.countBelow(sinceUs);
}

/** Admissions of the last 60 seconds. */
export function recentAdmissions(room: Room, nowUs: number): number {
  return admissionsSince(room, nowUs - RATE_WINDOW_US);
}
