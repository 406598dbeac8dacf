/*
 * A whole sale as INSERT … SELECT statements over `bench_numbers(n)`, which holds 0 to N - 1.
 * Each hundred reservations have 60 confirmed, 5 refunded, 10 cancelled and 24 expired ones and a
 * pending one; n mod 100 decides the status of reservation n. A reservation that gave its seat up
 * had a seat that a confirmed reservation of the same hundred bought later. Every fourth confirmed
 * reservation has two seats. Users buy twice on average. Every message is published, and applied
 * when the notifier reads its topic.
 */

/** A seat's price in points. */
export const PRICE = 10_000;
/** Number of points that each user charged: enough for every reservation that the user can have. */
export const CHARGE = 1_000_000;
export const PERFORMANCES = 10;

/**
 * One INSERT. The parameters: `:from` (inclusive) and `:below` (exclusive) limit the batch,
 * `:count` is the number of reservations, and `:nowUs` is the end of the sale.
 */
export interface FillStatement {
  readonly table: string;
  readonly sql: string;
  /** The unit of a batch: reservations, users, or the ids of outbox messages. */
  readonly by: "reservation" | "user" | "message";
}

export const at = (microseconds: string): string =>
  `TIMESTAMPADD(MICROSECOND, ${microseconds}, '1970-01-01 00:00:00')`;
export const MINUTE = 60_000_000;

/** Time from a payment to its refund, µs. */
export const REFUND_AFTER = 9 * MINUTE;

/**
 * A row for each reservation. `heldUs` and `endedUs` are the times of its first two transitions.
 */
export const RESERVATIONS = /* sql */ `
  SELECT sale.*, 1 + sale.n MOD (:count DIV 2 + 1) AS userId,
    IF(sale.statusName = 'CONFIRMED' AND sale.n MOD 4 = 0, 2, 1) AS seatCount,
    CASE sale.statusName
      WHEN 'CONFIRMED' THEN sale.heldUs + ${MINUTE}
      WHEN 'REFUNDED' THEN sale.heldUs + ${MINUTE}
      WHEN 'CANCELLED' THEN sale.heldUs + ${2 * MINUTE}
      WHEN 'EXPIRED' THEN sale.heldUs + ${5 * MINUTE} + 1000
    END AS endedUs
  FROM (
    SELECT place.*,
      CASE
        WHEN slot < 60 THEN 'CONFIRMED'
        WHEN slot < 65 THEN 'REFUNDED'
        WHEN slot < 75 THEN 'CANCELLED'
        WHEN slot < 99 THEN 'EXPIRED'
        ELSE 'PENDING'
      END AS statusName,
      -- The sale took twenty hours and ended four hours ago. Holds that were not sold come before
      -- the holds of the same seat that were.
      IF(slot = 99, :nowUs - ${MINUTE}, :nowUs - ${24 * 60 * MINUTE}
        + n DIV 100 * (${20 * 60 * MINUTE} DIV (:count DIV 100)) + slot * 1000
        - IF(slot < 60, 0, ${20 * MINUTE})) AS heldUs,
      IF(slot >= 60 AND slot < 99, n - 60, n) + 1 AS seatId,
      1 + n DIV 100 MOD ${PERFORMANCES} AS performanceId
    FROM (
      SELECT n, n MOD 100 AS slot FROM bench_numbers WHERE n >= :from AND n < :below
    ) place
  ) sale`;

/** True when the reservation was paid, even if it was refunded later. */
export const WAS_PAID = /* sql */ `r.statusName IN ('CONFIRMED', 'REFUNDED')`;
