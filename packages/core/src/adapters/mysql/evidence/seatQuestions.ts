import type { Question } from "./askQuestion.ts";

/**
 * I1: at most one live reservation for a seat. The first rule is the invariant; the others hold
 * together the three places that tell of a claim (seat, reservation, reservation_seats), because
 * a seat on which they disagree can be sold twice by the next statement that trusts the wrong
 * one.
 */
export const SEAT_HAS_ONE_CLAIM: Question = {
  examined:
    "SELECT (SELECT COUNT(*) FROM seats) + (SELECT COUNT(*) FROM reservation_seats) AS examined",
  rules: [
    {
      message: "the seat has more than one live reservation",
      sql: /* sql */ `
        SELECT rs.seat_id AS seatId, GROUP_CONCAT(r.id ORDER BY r.id) AS reservationIds
        FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
        WHERE r.status = 'CONFIRMED' OR (r.status = 'PENDING' AND r.expires_at > NOW(6))
        GROUP BY rs.seat_id HAVING COUNT(*) > 1`,
    },
    {
      // A claim runs from the hold to what ended it; a sale never ends. Takeover begins after
      // expiry.
      message: "the seat was given to the next buyer while the earlier reservation still stood",
      sql: /* sql */ `
        SELECT claim.seatId, claim.reservationId, claim.nextReservationId
        FROM (
          SELECT rs.seat_id AS seatId, r.id AS reservationId,
            CASE r.status
              WHEN 'EXPIRED' THEN r.expires_at
              WHEN 'PENDING' THEN r.expires_at
              WHEN 'CONFIRMED' THEN NULL
              ELSE r.updated_at
            END AS endedAt,
            LEAD(r.created_at) OVER seatHistory AS nextBegunAt,
            LEAD(r.id) OVER seatHistory AS nextReservationId
          FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
          WINDOW seatHistory AS (PARTITION BY rs.seat_id ORDER BY r.created_at, r.id)
        ) claim
        WHERE claim.nextReservationId IS NOT NULL
          AND (claim.endedAt IS NULL OR claim.nextBegunAt < claim.endedAt)`,
    },
    {
      message: "the claim's live flag and its reservation's status disagree",
      sql: /* sql */ `
        SELECT rs.seat_id AS seatId, r.id AS reservationId, r.status AS status, rs.live AS live
        FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
        WHERE (rs.live IS NOT NULL) <> (r.status IN ('PENDING', 'CONFIRMED'))`,
    },
    {
      message: "the seat's status and the status of the reservation that it names disagree",
      sql: /* sql */ `
        SELECT s.id AS seatId, s.status AS seatStatus, s.reservation_id AS reservationId,
          r.status AS reservationStatus
        FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id
        WHERE (s.status = 'HELD' AND COALESCE(r.status, '') <> 'PENDING')
          OR (s.status = 'SOLD' AND COALESCE(r.status, '') <> 'CONFIRMED')
          OR (s.status = 'AVAILABLE' AND COALESCE(r.status, '') IN ('PENDING', 'CONFIRMED'))`,
    },
    {
      message: "the seat names a reservation that has no live claim on it",
      sql: /* sql */ `
        SELECT s.id AS seatId, s.status AS seatStatus, s.reservation_id AS reservationId
        FROM seats s LEFT JOIN reservation_seats rs
          ON rs.reservation_id = s.reservation_id AND rs.seat_id = s.id AND rs.live = 1
        WHERE s.status <> 'AVAILABLE' AND rs.seat_id IS NULL`,
    },
    {
      message: "the reservation has a live claim on a seat that names another, or none",
      sql: /* sql */ `
        SELECT rs.seat_id AS seatId, rs.reservation_id AS reservationId,
          s.status AS seatStatus, s.reservation_id AS seatReservationId
        FROM reservation_seats rs LEFT JOIN seats s ON s.id = rs.seat_id
        WHERE rs.live = 1
          AND (s.id IS NULL OR s.status = 'AVAILABLE'
            OR COALESCE(s.reservation_id, 0) <> rs.reservation_id)`,
    },
    {
      message: "the reservation has no seat at all",
      sql: /* sql */ `
        SELECT r.id AS reservationId, r.status AS status
        FROM reservations r LEFT JOIN reservation_seats rs ON rs.reservation_id = r.id
        WHERE rs.seat_id IS NULL`,
    },
    {
      message: "the reservation has a seat of another performance",
      sql: /* sql */ `
        SELECT r.id AS reservationId, s.id AS seatId, r.performance_id AS performanceId,
          s.performance_id AS seatPerformanceId
        FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
          JOIN seats s ON s.id = rs.seat_id
        WHERE s.performance_id <> r.performance_id`,
    },
    {
      message: "seat and reservation disagree by more than a millisecond on when the hold ends",
      sql: /* sql */ `
        SELECT s.id AS seatId, r.id AS reservationId, s.hold_expires_at AS seatHoldExpiresAt,
          r.expires_at AS reservationExpiresAt
        FROM seats s JOIN reservations r ON r.id = s.reservation_id
        WHERE s.status = 'HELD' AND (s.hold_expires_at IS NULL
          OR ABS(TIMESTAMPDIFF(MICROSECOND, s.hold_expires_at, r.expires_at)) > 1000)`,
    },
  ],
};

/**
 * I2: three sets of seats that must be one. Pairs of seat and reservation are compared, not
 * counts.
 */
export const SOLD_SEATS_AGREE: Question = {
  examined: /* sql */ `
    SELECT (SELECT COUNT(*) FROM seats WHERE status = 'SOLD')
      + (SELECT COUNT(*) FROM reservations WHERE status IN ('CONFIRMED', 'REFUNDED'))
      + (SELECT COUNT(*) FROM payments) AS examined`,
  rules: [
    {
      message: "the seat is sold, and the reservation that it names is not confirmed or lacks it",
      sql: /* sql */ `
        SELECT s.id AS seatId, s.reservation_id AS reservationId, r.status AS reservationStatus
        FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id
          LEFT JOIN reservation_seats rs ON rs.reservation_id = r.id AND rs.seat_id = s.id
        WHERE s.status = 'SOLD' AND (COALESCE(r.status, '') <> 'CONFIRMED' OR rs.seat_id IS NULL)`,
    },
    {
      message: "the reservation is confirmed, and its seat is not sold to it",
      sql: /* sql */ `
        SELECT r.id AS reservationId, rs.seat_id AS seatId, s.status AS seatStatus,
          s.reservation_id AS seatReservationId
        FROM reservations r JOIN reservation_seats rs ON rs.reservation_id = r.id
          LEFT JOIN seats s ON s.id = rs.seat_id
        WHERE r.status = 'CONFIRMED'
          AND (COALESCE(s.status, '') <> 'SOLD' OR COALESCE(s.reservation_id, 0) <> r.id)`,
    },
    {
      message: "the reservation is confirmed without a captured payment",
      sql: /* sql */ `
        SELECT r.id AS reservationId, p.id AS paymentId, p.status AS paymentStatus
        FROM reservations r LEFT JOIN payments p ON p.reservation_id = r.id
        WHERE r.status = 'CONFIRMED' AND COALESCE(p.status, '') <> 'CAPTURED'`,
    },
    {
      message: "the payment is captured for a reservation that is not confirmed",
      sql: /* sql */ `
        SELECT p.id AS paymentId, p.reservation_id AS reservationId, r.status AS reservationStatus
        FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
        WHERE p.status = 'CAPTURED' AND COALESCE(r.status, '') <> 'CONFIRMED'`,
    },
    {
      message: "reservation and payment disagree on whether it was refunded",
      sql: /* sql */ `
        SELECT r.id AS reservationId, r.status AS reservationStatus, p.id AS paymentId,
          p.status AS paymentStatus
        FROM reservations r LEFT JOIN payments p ON p.reservation_id = r.id
        WHERE (r.status = 'REFUNDED') <> (COALESCE(p.status, '') = 'REFUNDED')`,
    },
  ],
};

/**
 * I9: nothing overdue for longer than `:boundMicros`, and nothing confirmed after its end. The
 * moment of confirming is `updated_at` of a CONFIRMED reservation: the same statement read the
 * clock for both. A refund overwrites it; then the payment's time stands in, which a later
 * statement of the same transaction took, hence the slack of `:slackMicros`.
 */
export const HOLDS_END_IN_TIME: Question = {
  examined: "SELECT COUNT(*) AS examined FROM reservations",
  rules: [
    {
      message: "the hold is over and the reservation still pending, beyond the stated bound",
      sql: /* sql */ `
        SELECT id AS reservationId, expires_at AS expiresAt FROM reservations
        WHERE status = 'PENDING' AND expires_at < NOW(6) - INTERVAL :boundMicros MICROSECOND`,
    },
    {
      message: "the hold is over and the seat still held, beyond the stated bound",
      sql: /* sql */ `
        SELECT id AS seatId, reservation_id AS reservationId, hold_expires_at AS holdExpiresAt
        FROM seats
        WHERE status = 'HELD' AND hold_expires_at < NOW(6) - INTERVAL :boundMicros MICROSECOND`,
    },
    {
      message: "the reservation was confirmed after its hold was over",
      sql: /* sql */ `
        SELECT id AS reservationId, expires_at AS expiresAt, updated_at AS confirmedAt
        FROM reservations WHERE status = 'CONFIRMED' AND updated_at > expires_at`,
    },
    {
      message: "the payment was captured after the hold was over",
      sql: /* sql */ `
        SELECT p.id AS paymentId, r.id AS reservationId, r.expires_at AS expiresAt,
          p.captured_at AS capturedAt
        FROM payments p JOIN reservations r ON r.id = p.reservation_id
        WHERE r.status = 'REFUNDED'
          AND p.captured_at > r.expires_at + INTERVAL :slackMicros MICROSECOND`,
    },
    {
      message: "the reservation is expired before its hold was over",
      sql: /* sql */ `
        SELECT id AS reservationId, expires_at AS expiresAt, updated_at AS expiredAt
        FROM reservations WHERE status = 'EXPIRED' AND updated_at < expires_at`,
    },
  ],
};
