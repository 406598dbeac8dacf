import type { AdmissionEnd } from "../ports/queueStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** Where a place in line can be; every end but leaving the line needs an admission first. */
export type PlaceState = "WAITING" | "ACTIVE" | AdmissionEnd;

/** Which state of a place may follow which. */
export const placeStates = stateMachine<PlaceState>("queue place", "WAITING", {
  WAITING: ["ACTIVE", "LEFT"],
  ACTIVE: ["PAID", "LEFT", "EXPIRED", "UNCLAIMED"],
  PAID: [],
  LEFT: [],
  EXPIRED: [],
  UNCLAIMED: [],
});
