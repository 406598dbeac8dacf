import type { QueueJournal } from "../../../ports/queueStore.ts";
import type { Room } from "./room.ts";

/** Forgets passes and ends that the database has recorded. */
export function settle(room: Room, { passes, ends }: QueueJournal): void {
  for (const text of passes) room.passes.delete(text);
  for (const text of ends) room.ends.delete(text);
}
