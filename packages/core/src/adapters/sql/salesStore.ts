import type {
  ActualReservation,
  IdRange,
  SaleFigures,
  SalesStore,
} from "../../ports/salesStore.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import type { Database } from "./database.ts";
import {
  ACTUAL,
  ADD,
  ADD_TOTALS,
  ADVANCE,
  COMING,
  COUNTED,
  DIFFERENT,
  INSERT,
  LAST_ID,
  LIST,
  LOCK,
  LOCK_RANGE,
  LOCK_TOTALS,
  NEXT_IDS,
  NEXT_PERFORMANCES,
  REMOVE,
  SEAT_COUNTS,
  SET_TOTALS,
  SUM,
} from "./salesStatements.ts";

/** The end of a range without an end: the highest id that a JavaScript number represents. */
const NO_END = Number.MAX_SAFE_INTEGER;

/** Stores the sales projection. */
export function sqlSalesStore(db: Database): SalesStore {
  return {
    lock: async (tx, reservationIds) =>
      reservationIds.length === 0 ? [] : db.select(tx, LOCK, { reservationIds }),

    lockRange: (tx, { after, upTo }) => db.select(tx, LOCK_RANGE, { after, upTo }),

    async insert(tx, sales) {
      if (sales.length === 0) return 0;
      const rows = sales.map((one) => [
        ...[one.reservationId, one.performanceId, one.version, one.held, one.sold, one.revenue],
      ]);
      return db.change(tx, INSERT, { rows });
    },

    advance: async (tx, sale) => (await db.change(tx, ADVANCE, { ...sale })) === 1,

    async remove(tx, reservationIds) {
      if (reservationIds.length > 0) await db.change(tx, REMOVE, { reservationIds });
    },

    async add(tx, { performanceId, held, sold, revenue }) {
      await db.change(tx, ADD, { performanceId, held, sold, revenue });
    },

    async nextRange(tx, after, max) {
      const ids = await db.select(tx, NEXT_IDS, { after, max });
      const isLast = ids.length < max;
      return { after, upTo: isLast ? NO_END : (ids.at(-1) ?? NO_END), isLast };
    },

    async lastReservationId(tx) {
      return (await db.select(tx, LAST_ID))[0] ?? 0;
    },

    actual: (tx, range) => readActual(db, tx, range),

    counted: (tx, { after, upTo }) => db.select(tx, COUNTED, { after, upTo }),

    async comingMessages(tx, consumer, reservationIds) {
      if (reservationIds.length === 0) return [];
      return db.select(tx, COMING, { consumer, reservationIds });
    },

    nextPerformanceIds: (tx, after, max) => db.select(tx, NEXT_PERFORMANCES, { after, max }),

    async lockTotals(tx, performanceId) {
      await db.change(tx, ADD_TOTALS, { performanceId });
      const [totals = { performanceId, ...NOTHING }] = await db.select(tx, LOCK_TOTALS, {
        performanceId,
      });
      const [summed = NOTHING] = await db.select(tx, SUM, { performanceId });
      return { ...totals, summed };
    },

    async setTotals(tx, { performanceId, held, sold, revenue }) {
      await db.change(tx, SET_TOTALS, { performanceId, held, sold, revenue });
    },

    different: (tx, { after, upTo }) => db.select(tx, DIFFERENT, { after, upTo }),

    list: (tx, after, max) => db.select(tx, LIST, { after, max }),
  };
}

const NOTHING: SaleFigures = { held: 0, sold: 0, revenue: 0 };

async function readActual(
  db: Database,
  tx: TxOrNone,
  { after, upTo }: IdRange,
): Promise<readonly ActualReservation[]> {
  const reservations = await db.select(tx, ACTUAL, { after, upTo });
  if (reservations.length === 0) return [];
  const counts = await db.select(tx, SEAT_COUNTS, { after, upTo });
  const byId = Map.groupBy(counts, ({ reservationId }) => reservationId);
  return reservations.map((one) => ({
    ...one,
    seats: seatsAt(one.version, byId.get(one.reservationId) ?? []),
  }));
}

/** The number of seats that a reservation had at a version. */
function seatsAt(
  version: number,
  counts: readonly { readonly releasedVersion: number | undefined; readonly seats: number }[],
): number {
  return counts
    .filter(({ releasedVersion }) => releasedVersion === undefined || releasedVersion > version)
    .reduce((sum, { seats }) => sum + seats, 0);
}
