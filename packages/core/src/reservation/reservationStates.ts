import type { ReservationStatus } from "../ports/reservationStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/** The states of a reservation and the allowed transitions. */
export const reservationStates = stateMachine<ReservationStatus>("reservation", "PENDING", {
  PENDING: ["CONFIRMED", "CANCELLED", "EXPIRED"],
  CONFIRMED: ["REFUNDED"],
  CANCELLED: [],
  EXPIRED: [],
  REFUNDED: [],
});
