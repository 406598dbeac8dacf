import type { ReservationStatus } from "../../ports/reservationStore.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import type { AnswerRow } from "./answerRow.ts";
import { query, type Sql, type SqlQuery, sql } from "./statement.ts";

/** A reservation that can move. */
export interface Movable {
  readonly id: number;
  readonly version: number;
}

/** The statements of one transition. */
export interface Transition {
  readonly move: Sql;
  /** True when a reservation can move only at the version that the caller has read. */
  readonly isFenced: boolean;
  /**
   * Locks those reservations of a group that can move. Skips rows that another transaction has
   * locked.
   */
  readonly lock: SqlQuery<Movable>;
  /** Finds those that can move, also when they are locked. */
  readonly find: SqlQuery<Movable>;
  readonly moveAll: Sql;
}

/**
 * Makes the statements for one transition. The number of changed rows decides who wins a race. The
 * statements find their rows by primary key. Otherwise, with few rows in a state, the optimizer
 * could choose the index on the state, and a statement would wait for locks of other rows. A
 * group compares the versions when it locks the rows: they stay the same until it moves them.
 */
function transition(
  name: string,
  from: ReservationStatus,
  to: ReservationStatus,
  { and = "", isFenced }: { readonly and?: string; readonly isFenced: boolean },
): Transition {
  reservationStates.requireMove(from, to);
  const update = `UPDATE reservations FORCE INDEX (PRIMARY)
        SET status = '${to}', version = version + 1`;
  const select = `SELECT id, version FROM reservations FORCE INDEX (PRIMARY)
      WHERE id IN (:ids) AND status = '${from}' ${and}
        ${isFenced ? "AND (id, version) IN (:versions)" : ""}`;
  const fence = isFenced ? "AND version = :version" : "";
  const movable = (row: AnswerRow): Movable => ({
    id: row.integer("id"),
    version: row.integer("version"),
  });
  return {
    isFenced,
    move: sql(name, `${update} WHERE id = :id AND status = '${from}' ${and} ${fence}`),
    lock: query(sql(`${name}:lock`, `${select} ORDER BY id FOR UPDATE SKIP LOCKED`), movable),
    find: query(sql(`${name}:find`, select), movable),
    moveAll: sql(`${name}:all`, `${update} WHERE id IN (:ids) AND status = '${from}' ${and}`),
  };
}
export const CONFIRM = transition("reservations.confirm", "PENDING", "CONFIRMED", {
  and: "AND expires_at > NOW(6)",
  isFenced: true,
});
export const CANCEL = transition("reservations.cancel", "PENDING", "CANCELLED", { isFenced: true });
export const EXPIRE = transition("reservations.expire", "PENDING", "EXPIRED", {
  and: "AND expires_at <= NOW(6)",
  isFenced: false,
});
export const REFUND = transition("reservations.refund", "CONFIRMED", "REFUNDED", {
  isFenced: true,
});
