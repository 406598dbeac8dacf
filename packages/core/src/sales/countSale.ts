import type { CoreContext } from "../ports/coreContext.ts";
import type { ReservationSale } from "../ports/salesStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { type CountedChange, figureChanges } from "./salesProjection.ts";

type Core = Pick<CoreContext, "sales">;

/**
 * Counts what a reservation adds, unless the same or a later version of it is counted.
 * @returns whether the projection has changed
 */
export async function countSale(core: Core, tx: Tx, after: ReservationSale): Promise<boolean> {
  const { sales } = core;
  let [before] = await sales.lock(tx, [after.reservationId]);
  const isNew = before === undefined && (await sales.insert(tx, [after])) === 1;
  if (!isNew) {
    // When another consumer inserted the row meanwhile, the insert has waited for its COMMIT.
    before ??= (await sales.lock(tx, [after.reservationId]))[0];
    if (!(await sales.advance(tx, after))) return false;
  }
  await addChanges(core, tx, [{ before, after }]);
  return true;
}

/**
 * Counts what several reservations add, with few statements for all of them. A reservation may
 * occur more than once; its highest version counts.
 * @returns false when another transaction has begun to count one of them; the caller must then roll
 *   back
 */
export async function countSales(
  core: Core,
  tx: Tx,
  all: readonly ReservationSale[],
): Promise<boolean> {
  const { sales } = core;
  const latest = latestVersions(all);
  const locked = await sales.lock(tx, [...latest.keys()]);
  const counted = new Map(locked.map((sale) => [sale.reservationId, sale]));
  const changes: CountedChange[] = [];
  for (const after of latest.values()) {
    const before = counted.get(after.reservationId);
    if (before === undefined || before.version < after.version) changes.push({ before, after });
  }
  // The locked rows are removed and inserted again: one statement for all, instead of an UPDATE for
  // each.
  await sales.remove(
    tx,
    changes.flatMap(({ before }) => (before ? [before.reservationId] : [])),
  );
  const rows = changes.flatMap(({ after }) => (after ? [after] : []));
  if ((await sales.insert(tx, rows)) < rows.length) return false;
  await addChanges(core, tx, changes);
  return true;
}

/** Returns the highest version of each reservation, in the order of the ids. */
function latestVersions(all: readonly ReservationSale[]): ReadonlyMap<number, ReservationSale> {
  const latest = new Map<number, ReservationSale>();
  const byId = (a: ReservationSale, b: ReservationSale) =>
    a.reservationId - b.reservationId || a.version - b.version;
  for (const sale of all.toSorted(byId)) latest.set(sale.reservationId, sale);
  return latest;
}

async function addChanges(
  { sales }: Core,
  tx: Tx,
  changes: readonly CountedChange[],
): Promise<void> {
  for (const change of figureChanges(changes)) await sales.add(tx, change);
}
