import type { Room } from "./room.ts";

/**
 * Ends places at the end of the line, if the queue is draining. When none is left, ends the missed
 * places too.
 */
export function discardWaiting(
  room: Room,
  max: number,
  settingsVersion: number,
):
  | { readonly status: "NOT_DRAINING" }
  | { readonly status: "DISCARDED"; readonly discardedCount: number } {
  const isSame = room.settingsVersion === settingsVersion;
  if (room.settings.mode !== "draining" || !isSame) return { status: "NOT_DRAINING" };
  const tail = room.waiting.takeLast(max);
  for (const { member } of tail) room.entered.delete(member);
  if (room.waiting.size() === 0) room.missed.takeFirst(room.missed.size());
  return { status: "DISCARDED", discardedCount: tail.length };
}
