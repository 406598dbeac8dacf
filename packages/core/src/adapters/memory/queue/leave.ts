import type { LeaveAnswer } from "../../../ports/queueStore.ts";
import { activeAdmissionOf, endAdmission, type Room } from "./room.ts";

/**
 * Ends the user's place. LEFT ends a waiting, an active or a missed place, PAID only an active one.
 * An active user's slot becomes free immediately.
 * @param proven the sequence in the user's token; a token of an earlier place ends nothing
 */
export function leave(
  room: Room,
  nowUs: number,
  userId: number,
  reason: "PAID" | "LEFT",
  proven = Number.POSITIVE_INFINITY,
): LeaveAnswer {
  const user = String(userId);
  const isActive = room.active.scoreOf(user) !== undefined;
  const admission = isActive ? activeAdmissionOf(room, user) : undefined;
  const sequence = admission?.sequence ?? room.waiting.scoreOf(user) ?? room.missed.scoreOf(user);
  if (sequence === undefined || (!isActive && reason === "PAID")) return { status: "NONE" };
  if (sequence > proven) {
    // The token of a missed place ends only this place.
    if (reason === "LEFT" && room.missed.scoreOf(user) === proven) room.missed.delete(user);
    return { status: "NEWER" };
  }
  room.waiting.delete(user);
  room.entered.delete(user);
  room.missed.delete(user);
  if (!admission) return { status: "ENDED", ended: undefined };
  endAdmission(room, nowUs, user, reason);
  const { admittedUs: admittedAtUs } = admission;
  return { status: "ENDED", ended: { userId, sequence, admittedAtUs, endedAtUs: nowUs, reason } };
}
