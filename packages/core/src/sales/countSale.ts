import type { CoreContext } from "../ports/coreContext.ts";
import type { ReservationSale } from "../ports/salesStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { figureChanges } from "./salesProjection.ts";

/**
 * Counts what a reservation adds, unless the same or a later version of it is counted.
 * @returns whether the projection has changed
 */
export async function countSale(
  { sales }: Pick<CoreContext, "sales">,
  tx: Tx,
  after: ReservationSale,
): Promise<boolean> {
  let before = await sales.lock(tx, after.reservationId);
  const isNew = before === undefined && (await sales.insert(tx, [after])) === 1;
  if (!isNew) {
    // When another consumer inserted the row meanwhile, the insert has waited for its COMMIT.
    before ??= await sales.lock(tx, after.reservationId);
    if (!(await sales.advance(tx, after))) return false;
  }
  for (const change of figureChanges([{ before, after }])) await sales.add(tx, change);
  return true;
}
