import type { RebuildInput } from "../../../ports/queueStore.ts";
import { settingsOf } from "../../shared/queueSettings.ts";
import { emptyRoom, type Room } from "./room.ts";

/** Creates the state of a queue for a new generation from the queue's rows in MySQL. */
export function rebuiltRoom(nowUs: number, rebuild: RebuildInput): Room {
  const quietUs = Math.ceil(rebuild.quietMs) * 1000;
  const room = emptyRoom({
    settings: settingsOf(rebuild.settings),
    generation: rebuild.generation,
    generationStartedUs: nowUs,
    lastSequence: rebuild.lastSequence,
    quietUntilUs: quietUs > 0 ? nowUs + quietUs : 0,
  });
  for (const { userId, sequence, expiresAtMs } of rebuild.active) {
    room.active.set(String(userId), expiresAtMs);
    room.admitted.set(String(userId), { sequence, admittedUs: 0 });
  }
  for (const [index, admittedUs] of rebuild.recentAdmissionsUs.entries()) {
    room.admissions.set(`rebuild:${index}`, admittedUs);
  }
  return room;
}
