import type { Promotion, QueueJournal } from "../../../ports/queueStore.ts";
import { endOf, passOf } from "./journal.ts";
import type { Room } from "./room.ts";

/**
 * Forgets passes and ends that the database has recorded. A pass of an earlier generation, recorded
 * after this one was seeded, is taken over: it is out there and counts.
 */
export function settle(room: Room, nowUs: number, journal: QueueJournal): void {
  const endedSequences = new Set<number>();
  for (const text of journal.ends) {
    room.ends.delete(text);
    endedSequences.add(endOf(text).sequence);
  }
  for (const text of journal.passes) {
    if (room.passes.delete(text)) continue;
    const pass = passOf(text);
    const isKnown =
      endedSequences.has(pass.sequence) ||
      pass.admittedAtUs >= room.generationStartedUs ||
      pass.expiresAtMs <= Math.floor(nowUs / 1000) ||
      room.active.scoreOf(String(pass.userId)) !== undefined;
    if (!isKnown) takeOver(room, pass);
  }
}

function takeOver(room: Room, pass: Promotion): void {
  const user = String(pass.userId);
  const { sequence, admittedAtUs: admittedUs } = pass;
  room.waiting.delete(user);
  room.entered.delete(user);
  room.active.set(user, pass.expiresAtMs);
  room.held.set(user, { sequence, admittedUs });
  room.admissions.set(String(sequence), admittedUs);
}
