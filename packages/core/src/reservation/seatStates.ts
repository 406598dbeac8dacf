import type { SeatStatus } from "../ports/seatStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** The states of a seat and the allowed transitions. */
export const seatStates = stateMachine<SeatStatus>("seat", "AVAILABLE", {
  AVAILABLE: ["HELD", "BLOCKED"],
  HELD: ["SOLD", "AVAILABLE"],
  SOLD: ["AVAILABLE"],
  BLOCKED: ["AVAILABLE"],
});
