import assert from "node:assert/strict";
import type { LinePositions, QueuePlace } from "../../../ports/queueStore.ts";
import { activeAdmissionOf, lineFigures, type Room } from "./room.ts";

/**
 * Returns the user's place. If the user is active, also marks the admission as used.
 * @param proven the sequence in the user's token; a token of an earlier place activates nothing
 */
export function place(
  room: Room,
  nowUs: number,
  userId: number,
  proven = Number.POSITIVE_INFINITY,
): QueuePlace | { readonly status: "NONE" } {
  const user = String(userId);
  const expiresAtMs = room.active.scoreOf(user);
  if (expiresAtMs !== undefined) {
    if (expiresAtMs * 1000 <= nowUs) return { status: "NONE" };
    const { sequence } = activeAdmissionOf(room, user);
    if (sequence <= proven) room.unactivated.delete(user);
    return { status: "ACTIVE", userId, sequence, expiresAtMs };
  }
  if (room.waiting.scoreOf(user) === undefined) return { status: "NONE" };
  return waitingPlace(room, nowUs, userId);
}

/** Returns the place of a waiting user. */
export function waitingPlace(room: Room, nowUs: number, userId: number): QueuePlace {
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
