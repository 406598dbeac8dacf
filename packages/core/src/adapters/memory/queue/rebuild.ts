import type { Promotion, RebuildInput } from "../../../ports/queueStore.ts";
import { endOf } from "../../shared/queueJournal.ts";
import { settingsOf } from "../../shared/queueSettings.ts";
import { emptyRoom, type Room } from "./room.ts";

/**
 * Returns true for a state of an old generation that a late rebuild made after another loss. MySQL
 * may have recorded admissions of a later generation. Such a state does not have these admissions,
 * and would admit other users in their slots.
 */
export function isStale(room: Room, { generation, active }: RebuildInput): boolean {
  if (generation <= room.generation + 1) return false;
  const ended = new Set(room.ends.first(room.ends.size()).map((text) => keyOf(endOf(text))));
  return active.some(
    (admission) =>
      room.admitted.get(String(admission.userId))?.sequence !== admission.sequence &&
      !ended.has(keyOf(admission)),
  );
}

function keyOf({ sequence, admittedAtUs }: Pick<Promotion, "sequence" | "admittedAtUs">): string {
  return `${sequence}:${admittedAtUs}`;
}

/** Creates the state of a queue for a new generation from the queue's rows in MySQL. */
export function rebuiltRoom(nowUs: number, rebuild: RebuildInput): Room {
  const quietUs = Math.ceil(rebuild.quietMs) * 1000;
  const room = emptyRoom({
    settings: settingsOf(rebuild.settings),
    settingsVersion: rebuild.settingsVersion,
    epoch: rebuild.epoch,
    generation: rebuild.generation,
    generationStartedUs: nowUs,
    lastSequence: rebuild.lastSequence,
    quietUntilUs: quietUs > 0 ? nowUs + quietUs : 0,
  });
  for (const { userId, sequence, admittedAtUs, expiresAtMs } of rebuild.active) {
    room.active.set(String(userId), expiresAtMs);
    room.admitted.set(String(userId), { sequence, admittedUs: admittedAtUs });
  }
  for (const [index, admittedUs] of rebuild.recentAdmissionsUs.entries()) {
    room.admissions.set(`rebuild:${index}`, admittedUs);
  }
  return room;
}
