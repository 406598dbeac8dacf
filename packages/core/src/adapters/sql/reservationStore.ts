import type { ReservationStore } from "../../ports/reservationStore.ts";
import type { Database } from "./database.ts";
import { gather } from "./group/step.ts";
import {
  COUNT_OVERDUE,
  EXTEND,
  FIND,
  HOLD_END,
  LIST,
  LIST_OF_USER,
  LIST_OVERDUE,
  LOCK,
  LOCK_OVERDUE,
  OF_USER,
  OF_USER_BEFORE,
  PENDING_OF_QUEUE,
  REDUCE,
  RELEASED_SEAT_IDS,
} from "./reservationStatements.ts";
import {
  findReservation,
  insertReservation,
  lockBuyer,
  moveReservation,
  readReservations,
} from "./reservationSteps.ts";
import { CANCEL, CONFIRM, EXPIRE, REFUND } from "./reservationTransitions.ts";

/** Stores reservations with their seats. */
export function sqlReservationStore(db: Database): ReservationStore {
  const insert = insertReservation(db);
  const find = findReservation(db);
  const confirm = moveReservation(db, "reservations.confirm", CONFIRM);
  const cancel = moveReservation(db, "reservations.cancel", CANCEL);
  const expire = moveReservation(db, "reservations.expire", EXPIRE);
  const refund = moveReservation(db, "reservations.refund", REFUND);
  const lockSeatsOfBuyer = lockBuyer(db);
  return {
    insert: (tx, reservation) => gather(tx, insert, reservation),
    find: async (tx, id) =>
      tx ? gather(tx, find, id) : (await readReservations(db, tx, FIND, { ids: [id] }))[0],
    confirm: (tx, id, version) => gather(tx, confirm, { id, version }),
    cancel: (tx, id, version) => gather(tx, cancel, { id, version }),
    expire: (tx, id) => gather(tx, expire, { id, version: undefined }),
    refund: (tx, id, version) => gather(tx, refund, { id, version }),
    async extend(tx, { id, holdMs, latest }) {
      const [end] = await db.select(tx, HOLD_END, { holdUs: holdMs * 1000 });
      const expiresAt = end && end < latest ? end : latest;
      return (await db.change(tx, EXTEND, { id, expiresAt })) === 1 ? expiresAt : undefined;
    },
    lock: async (tx, id) => (await db.select(tx, LOCK, { id })).length === 1,
    reduce: async (tx, change) => (await db.change(tx, REDUCE, { ...change })) === 1,
    releasedSeatIds: (tx, id) => db.select(tx, RELEASED_SEAT_IDS, { id }),
    lockOverdue: (tx, max) => db.select(tx, LOCK_OVERDUE, { max }),

    async countOverdue(tx, overdueMs) {
      const overdueUs = Math.round(overdueMs * 1000);
      const [count = 0] = await db.select(tx, COUNT_OVERDUE, { overdueUs });
      return count;
    },
    lockSeatsOfBuyer: (tx, userId, performanceId) =>
      gather(tx, lockSeatsOfBuyer, { userId, performanceId }),
    pendingOfQueue: (tx, userId, queueId, max) =>
      db.select(tx, PENDING_OF_QUEUE, { userId, queueId, max }),
    list(tx, selection, { beforeId = Number.MAX_SAFE_INTEGER, limit }) {
      const { userId, performanceId, status, isOverdue } = selection;
      const values = {
        ...{ beforeId, limit, isAnyStatus: status === undefined, status: status ?? "PENDING" },
        ...{ isAnyPerformance: performanceId === undefined, performanceId: performanceId ?? 0 },
      };
      if (userId !== undefined) {
        return readReservations(db, tx, LIST_OF_USER, { ...values, userId, isAnyTime: !isOverdue });
      }
      return readReservations(db, tx, isOverdue ? LIST_OVERDUE : LIST, values);
    },
    ofUser(tx, userId, { beforeId, limit }) {
      if (beforeId === undefined) return readReservations(db, tx, OF_USER, { userId, limit });
      return readReservations(db, tx, OF_USER_BEFORE, { userId, limit, beforeId });
    },
  };
}
