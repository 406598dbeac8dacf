import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { endPlace } from "../queue/leaveQueue.ts";
import { cancelHolds } from "./leaveSale.ts";

export interface EvictBuyerInput {
  readonly queueId: string;
  readonly userId: number;
  /** The place that ends; a later place stays. Undefined when only holds end. */
  readonly sequence: number | undefined;
  /** Ids of unpaid holds of the buyer. */
  readonly reservationIds: readonly number[];
  /** Called at the start of each transaction; an error that it throws ends the call. */
  readonly fence?: ((tx: Tx) => Promise<void>) | undefined;
}

/**
 * Ends a buyer's place, waiting or active, and then cancels the given holds. When a hold is paid or
 * ends at the same time, this call does not change it. A second call changes nothing. The token of
 * the place restores it no more, also when Redis loses the queue later.
 * @throws DependencyUnavailableError, ReservationNotFoundError, ReservationNotYoursError
 */
export async function evictBuyer(
  core: CoreContext,
  { queueId, userId, sequence, reservationIds, fence }: EvictBuyerInput,
): Promise<void> {
  if (sequence === undefined) {
    if (fence) await core.withTransaction(fence);
  } else {
    await endPlace(core, { queueId, userId, sequence, fence });
  }
  await cancelHolds(core, userId, reservationIds, fence);
}
