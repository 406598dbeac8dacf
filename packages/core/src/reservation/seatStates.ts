import type { SeatStatus } from "../ports/seatStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** Which state of a seat may follow which. */
export const seatStates = stateMachine<SeatStatus>("seat", "AVAILABLE", {
  AVAILABLE: ["HELD"],
  HELD: ["SOLD", "AVAILABLE"],
  SOLD: ["AVAILABLE"],
});
