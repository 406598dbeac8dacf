import type { QueuePlace } from "../../../ports/queueStore.ts";
import { waitingPlace } from "./place.ts";
import { activeAdmissionOf, endExpired, type Room } from "./room.ts";

/**
 * Returns the user's place. A user without a place gets a new place at the tail.
 * @param older the sequence of an earlier place that the user's token proves
 * @param wasMissed whether this place has missed an admission
 */
export function join(
  room: Room,
  nowUs: number,
  userId: number,
  older: number | undefined,
  wasMissed = false,
): QueuePlace | { readonly status: "CLOSED" } {
  const user = String(userId);
  const expiresAtMs = room.active.scoreOf(user);
  if (expiresAtMs !== undefined) {
    if (expiresAtMs * 1000 > nowUs) {
      room.unactivated.delete(user);
      return {
        status: "ACTIVE",
        userId,
        sequence: activeAdmissionOf(room, user).sequence,
        expiresAtMs,
      };
    }
    // The admission has expired and no `promote` call has ended it yet. This call ends it, and the
    // user goes back to the tail.
    endExpired(room, nowUs, user);
  }
  const present = room.waiting.scoreOf(user);
  if (older !== undefined) {
    if (present === undefined || older < present) {
      enter(room, nowUs, user, older);
      if (wasMissed) room.missed.set(user, older);
    }
  } else if (present === undefined) {
    if (room.settings.mode === "draining") return { status: "CLOSED" };
    enter(room, nowUs, user, Math.max(room.lastSequence + 1, nowUs));
  }
  return waitingPlace(room, nowUs, userId);
}

function enter(room: Room, nowUs: number, user: string, sequence: number): void {
  room.waiting.set(user, sequence);
  if (sequence !== nowUs) room.entered.set(user, nowUs);
  room.lastSequence = Math.max(room.lastSequence, sequence);
}
