import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { PerformanceStartedError } from "./errors.ts";
import { hasStarted } from "./hasStarted.ts";

/**
 * Refuses to go on with a hold, live or expired, of a performance that has started. A hold ends at
 * the start at the latest, but "the hold has expired" would ask the buyer to reserve again.
 * @throws PerformanceStartedError
 */
export function requireAhead(core: CoreContext, hold: Reservation): void {
  const { status, performanceId } = hold;
  const isUnpaid = status === "PENDING" || status === "EXPIRED";
  if (isUnpaid && hasStarted(core, hold)) throw new PerformanceStartedError(performanceId);
}
