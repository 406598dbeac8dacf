import type { EndedAdmission } from "../../../ports/queueStore.ts";
import { activeAdmissionOf, endAdmission, type Room } from "./room.ts";

/** Ends the user's place, waiting or active. An active user's slot becomes free at once. */
export function leave(
  room: Room,
  nowUs: number,
  userId: number,
  reason: "PAID" | "LEFT",
): { readonly status: "NONE" } | { status: "ENDED"; ended: EndedAdmission | undefined } {
  const user = String(userId);
  const waited = room.waiting.delete(user);
  room.entered.delete(user);
  if (room.active.scoreOf(user) === undefined) {
    return waited ? { status: "ENDED", ended: undefined } : { status: "NONE" };
  }
  const { sequence } = activeAdmissionOf(room, user);
  endAdmission(room, nowUs, user, reason);
  return { status: "ENDED", ended: { userId, sequence, endedAtUs: nowUs, reason } };
}
