import type { AdmissionEnd } from "../ports/queueStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/**
 * The states of a place. LEFT is the only end that a place can reach without an admission. After
 * UNCLAIMED, the end of a missed admission, the place can return to the line once.
 */
export type PlaceState = "WAITING" | "ACTIVE" | AdmissionEnd;

/** The allowed transitions between the states of a place. */
export const placeStates = stateMachine<PlaceState>("queue place", "WAITING", {
  WAITING: ["ACTIVE", "LEFT"],
  ACTIVE: ["PAID", "LEFT", "EXPIRED", "UNCLAIMED"],
  PAID: [],
  LEFT: [],
  EXPIRED: [],
  UNCLAIMED: ["WAITING", "LEFT"],
});
