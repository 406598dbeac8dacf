import assert from "node:assert/strict";
import type {
  LinePositions,
  MissedPlace,
  QueuePlace,
  WaitingPlace,
} from "../../../ports/queueStore.ts";
import { activeAdmissionOf, endExpired, lineFigures, type Room } from "./room.ts";

/**
 * Returns the user's place. If the user is active, also marks the admission as used.
 * @param proven the sequence in the user's token; a token of an earlier place activates nothing
 * @param mayReturn whether the place with this sequence returns to the line when it was missed
 */
export function place(
  room: Room,
  nowUs: number,
  userId: number,
  proven = Number.POSITIVE_INFINITY,
  mayReturn = false,
): QueuePlace | MissedPlace | { readonly status: "NONE" } {
  const user = String(userId);
  const expiresAtMs = room.active.scoreOf(user);
  if (expiresAtMs !== undefined && expiresAtMs * 1000 <= nowUs) {
    if (room.unactivated.scoreOf(user) === undefined) return { status: "NONE" };
    // The admission has expired without use, and no promotion has ended it yet. This call ends it.
    endExpired(room, nowUs, user);
  } else if (expiresAtMs !== undefined) {
    const { sequence } = activeAdmissionOf(room, user);
    if (sequence <= proven) room.unactivated.delete(user);
    return { status: "ACTIVE", userId, sequence, expiresAtMs };
  }
  const waiting = room.waiting.scoreOf(user);
  const missed = room.missed.scoreOf(user);
  const isEarlier = missed !== undefined && missed < (waiting ?? Number.POSITIVE_INFINITY);
  if (mayReturn && isEarlier && missed === proven) {
    room.waiting.set(user, missed);
    room.entered.set(user, nowUs);
    return { ...waitingPlace(room, nowUs, userId), hasReturned: true };
  }
  if (waiting !== undefined) return waitingPlace(room, nowUs, userId);
  return missed === undefined ? { status: "NONE" } : { status: "MISSED", userId, sequence: missed };
}

/** Returns the place of a waiting user. */
export function waitingPlace(room: Room, nowUs: number, userId: number): WaitingPlace {
  const user = String(userId);
  const sequence = room.waiting.scoreOf(user);
  const rank = room.waiting.rankOf(user);
  assert(sequence !== undefined && rank !== undefined, `User ${user} is not in line`);
  return {
    status: "WAITING",
    userId,
    sequence,
    position: rank + 1,
    ...lineFigures(room, nowUs),
  };
}

/** Returns the positions of users; 0 for a user who is not waiting. */
export function positions(
  { waiting, generationStartedUs, admittedCount }: Room,
  userIds: readonly number[],
): LinePositions {
  const ranks = userIds.map((userId) => waiting.rankOf(String(userId)) ?? -1);
  return { generationStartedUs, admittedCount, positions: ranks.map((rank) => rank + 1) };
}
