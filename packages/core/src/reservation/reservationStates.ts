import type { ReservationStatus } from "../ports/reservationStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** Which state of a reservation may follow which. */
export const reservationStates = stateMachine<ReservationStatus>("reservation", "PENDING", {
  PENDING: ["CONFIRMED", "CANCELLED", "EXPIRED"],
  CONFIRMED: ["REFUNDED"],
  CANCELLED: [],
  EXPIRED: [],
  REFUNDED: [],
});
