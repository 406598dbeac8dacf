import type { ListedPlace, PlacePage } from "../../../ports/queueStore.ts";
import { activeAdmissionOf, type Room } from "./room.ts";

/** Lists one page of the places in a state. Activates no admission. */
export function list(
  room: Room,
  status: "WAITING" | "ACTIVE",
  { offset, max }: { readonly offset: number; readonly max: number },
): PlacePage {
  const users = status === "ACTIVE" ? room.active : room.waiting;
  const places = users.range(offset, max).map(({ member, score }): ListedPlace => {
    const userId = Number(member);
    if (status === "WAITING") {
      return { userId, sequence: score, expiresAtMs: undefined, isActivated: false };
    }
    const { sequence } = activeAdmissionOf(room, member);
    const isActivated = room.unactivated.scoreOf(member) === undefined;
    return { userId, sequence, expiresAtMs: score, isActivated };
  });
  return { total: users.size(), places };
}
