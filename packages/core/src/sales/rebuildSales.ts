import type { CoreContext } from "../ports/coreContext.ts";
import type { IdRange, NextRange, ReservationSale } from "../ports/salesStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { isCounted } from "./checkSales.ts";
import { type CountedChange, figureChanges, isSameSale, saleOf } from "./salesProjection.ts";

/*
 * A rebuild beside the consumer. One order of locks prevents a deadlock with it: first the rows of
 * reservations in the order of their ids, then those of performances in the order of their ids.
 *
 *   1. Lock what is counted for a range of reservations. A reservation that is not counted gets a
 *      row of version 0 first, so that it is locked too.
 *   2. Read the reservations. Every counted version was committed before step 1, and so the
 *      reservation itself is at this version or at a later one.
 *   3. Replace the rows that differ, and add the differences to the figures of the performances.
 *   4. COMMIT. The consumer then finds the later version, and ignores the older messages.
 */

type Core = Pick<CoreContext, "sales">;

/** Corrects what is counted for the next reservations. @returns the range that is correct now */
export async function restoreReservations(
  { sales }: Core,
  tx: Tx,
  after: number,
  max: number,
): Promise<{ readonly range: NextRange; readonly changed: number }> {
  const range = await sales.nextRange(tx, after, max);
  const counted = await lockAll({ sales }, tx, range);
  const actual = new Map(
    (await sales.actual(tx, range)).map((one) => [one.reservationId, saleOf(one)]),
  );
  const changes = [...counted].flatMap(([id, before]): CountedChange[] => {
    const now = actual.get(id);
    return isCounted(before, now) ? [] : [{ before, after: now }];
  });
  await sales.remove(
    tx,
    changes.flatMap(({ before }) => before?.reservationId ?? []),
  );
  await sales.insert(
    tx,
    changes.flatMap(({ after: now }) => now ?? []),
  );
  for (const change of figureChanges(changes)) await sales.add(tx, change);
  return { range, changed: changes.length };
}

/** Locks the rows of all reservations of the range; a missing row is made first. */
async function lockAll(
  { sales }: Core,
  tx: Tx,
  range: IdRange,
): Promise<ReadonlyMap<number, ReservationSale>> {
  const rows = await sales.lockRange(tx, range);
  const known = new Set(rows.map(({ reservationId }) => reservationId));
  const missing = (await sales.actual(tx, range)).filter((one) => !known.has(one.reservationId));
  await sales.insert(
    tx,
    missing.map(({ reservationId, performanceId }) => ({
      ...{ reservationId, performanceId, version: 0, held: 0, sold: 0, revenue: 0 },
    })),
  );
  const all = missing.length === 0 ? rows : await sales.lockRange(tx, range);
  return new Map(all.map((sale) => [sale.reservationId, sale]));
}

/**
 * Corrects the figures of the next performances: each becomes the sum of its reservations. Only the
 * performances that differ are locked, because the sum of a large one takes some time.
 * @returns the id of the last of them; undefined when there are no more
 */
export async function restoreTotals(
  { sales }: Core,
  tx: Tx,
  after: number,
  max: number,
): Promise<{ readonly lastId: number | undefined; readonly changed: number }> {
  const lastId = (await sales.nextPerformanceIds(tx, after, max)).at(-1);
  if (lastId === undefined) return { lastId, changed: 0 };
  let changed = 0;
  for (const { performanceId } of await sales.different(tx, { after, upTo: lastId })) {
    const { summed, ...stored } = await sales.lockTotals(tx, performanceId);
    if (isSameSale(stored, summed)) continue;
    await sales.setTotals(tx, { performanceId, ...summed });
    changed += 1;
  }
  return { lastId, changed };
}
