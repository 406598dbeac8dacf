import type { QueueJournal } from "../../../ports/queueStore.ts";
import type { Room } from "./room.ts";

/** Forgets admissions and ends that the database has recorded. */
export function settle(room: Room, { promotions, ends }: QueueJournal): void {
  for (const text of promotions) room.promotions.delete(text);
  for (const text of ends) room.ends.delete(text);
}
