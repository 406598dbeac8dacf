import type { QueueSeed } from "../../../ports/queueStore.ts";
import { settingsOf } from "../../shared/queueSettings.ts";
import { emptyRoom, type Room } from "./room.ts";

/** A room that begins its generation with what the database knows. */
export function seededRoom(nowUs: number, seed: QueueSeed): Room {
  const quietUs = Math.ceil(seed.quietMs) * 1000;
  const room = emptyRoom({
    settings: settingsOf(seed.settings),
    generation: seed.generation,
    generationStartedUs: nowUs,
    lastSequence: seed.lastSequence,
    quietUntilUs: quietUs > 0 ? nowUs + quietUs : 0,
  });
  for (const { userId, sequence, expiresAtMs } of seed.active) {
    room.active.set(String(userId), expiresAtMs);
    room.held.set(String(userId), { sequence, admittedUs: 0 });
  }
  for (const [index, admittedUs] of seed.recentAdmissionsUs.entries()) {
    room.admissions.set(`seed:${index}`, admittedUs);
  }
  return room;
}
