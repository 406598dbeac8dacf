import { CLAIM_RULES, HOLD_RULES, SALE_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { Question } from "./askQuestion.ts";

/** I1. */
export const SEAT_HAS_ONE_CLAIM: Question = {
  examined:
    "SELECT (SELECT COUNT(*) FROM seats) + (SELECT COUNT(*) FROM reservation_seats) AS examined",
  rules: searchedRules(CLAIM_RULES, {
    liveTwice: /* sql */ `
      SELECT rs.seat_id AS seatId, GROUP_CONCAT(r.id ORDER BY r.id) AS reservationIds
      FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
      WHERE r.status = 'CONFIRMED' OR (r.status = 'PENDING' AND r.expires_at > NOW(6))
      GROUP BY rs.seat_id HAVING COUNT(*) > 1`,
    givenAwayEarly: /* sql */ `
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
    liveFlag: /* sql */ `
      SELECT rs.seat_id AS seatId, r.id AS reservationId, r.status AS status, rs.live AS live
      FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
      WHERE (rs.live IS NOT NULL) <> (r.status IN ('PENDING', 'CONFIRMED'))`,
    seatStatus: /* sql */ `
      SELECT s.id AS seatId, s.status AS seatStatus, s.reservation_id AS reservationId,
        r.status AS reservationStatus
      FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id
      WHERE (s.status = 'HELD' AND COALESCE(r.status, '') <> 'PENDING')
        OR (s.status = 'SOLD' AND COALESCE(r.status, '') <> 'CONFIRMED')
        OR (s.status = 'AVAILABLE' AND COALESCE(r.status, '') IN ('PENDING', 'CONFIRMED'))`,
    seatWithoutClaim: /* sql */ `
      SELECT s.id AS seatId, s.status AS seatStatus, s.reservation_id AS reservationId
      FROM seats s LEFT JOIN reservation_seats rs
        ON rs.reservation_id = s.reservation_id AND rs.seat_id = s.id AND rs.live = 1
      WHERE s.status <> 'AVAILABLE' AND rs.seat_id IS NULL`,
    claimWithoutSeat: /* sql */ `
      SELECT rs.seat_id AS seatId, rs.reservation_id AS reservationId,
        s.status AS seatStatus, s.reservation_id AS seatReservationId
      FROM reservation_seats rs LEFT JOIN seats s ON s.id = rs.seat_id
      WHERE rs.live = 1
        AND (s.id IS NULL OR s.status = 'AVAILABLE'
          OR COALESCE(s.reservation_id, 0) <> rs.reservation_id)`,
    noSeat: /* sql */ `
      SELECT r.id AS reservationId, r.status AS status
      FROM reservations r LEFT JOIN reservation_seats rs ON rs.reservation_id = r.id
      WHERE rs.seat_id IS NULL`,
    otherPerformance: /* sql */ `
      SELECT r.id AS reservationId, s.id AS seatId, r.performance_id AS performanceId,
        s.performance_id AS seatPerformanceId
      FROM reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
        JOIN seats s ON s.id = rs.seat_id
      WHERE s.performance_id <> r.performance_id`,
    twoEnds: /* sql */ `
      SELECT s.id AS seatId, r.id AS reservationId, s.hold_expires_at AS seatHoldExpiresAt,
        r.expires_at AS reservationExpiresAt
      FROM seats s JOIN reservations r ON r.id = s.reservation_id
      WHERE s.status = 'HELD' AND (s.hold_expires_at IS NULL
        OR ABS(TIMESTAMPDIFF(MICROSECOND, s.hold_expires_at, r.expires_at)) > 1000)`,
  }),
};

/** I2. */
export const SOLD_SEATS_AGREE: Question = {
  examined: /* sql */ `
    SELECT (SELECT COUNT(*) FROM seats WHERE status = 'SOLD')
      + (SELECT COUNT(*) FROM reservations WHERE status IN ('CONFIRMED', 'REFUNDED'))
      + (SELECT COUNT(*) FROM payments) AS examined`,
  rules: searchedRules(SALE_RULES, {
    soldToNobody: /* sql */ `
      SELECT s.id AS seatId, s.reservation_id AS reservationId, r.status AS reservationStatus
      FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id
        LEFT JOIN reservation_seats rs ON rs.reservation_id = r.id AND rs.seat_id = s.id
      WHERE s.status = 'SOLD' AND (COALESCE(r.status, '') <> 'CONFIRMED' OR rs.seat_id IS NULL)`,
    confirmedUnsold: /* sql */ `
      SELECT r.id AS reservationId, rs.seat_id AS seatId, s.status AS seatStatus,
        s.reservation_id AS seatReservationId
      FROM reservations r JOIN reservation_seats rs ON rs.reservation_id = r.id
        LEFT JOIN seats s ON s.id = rs.seat_id
      WHERE r.status = 'CONFIRMED'
        AND (COALESCE(s.status, '') <> 'SOLD' OR COALESCE(s.reservation_id, 0) <> r.id)`,
    confirmedUnpaid: /* sql */ `
      SELECT r.id AS reservationId, p.id AS paymentId, p.status AS paymentStatus
      FROM reservations r LEFT JOIN payments p ON p.reservation_id = r.id
      WHERE r.status = 'CONFIRMED' AND COALESCE(p.status, '') <> 'CAPTURED'`,
    paidUnconfirmed: /* sql */ `
      SELECT p.id AS paymentId, p.reservation_id AS reservationId, r.status AS reservationStatus
      FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
      WHERE p.status = 'CAPTURED' AND COALESCE(r.status, '') <> 'CONFIRMED'`,
    refunded: /* sql */ `
      SELECT r.id AS reservationId, r.status AS reservationStatus, p.id AS paymentId,
        p.status AS paymentStatus
      FROM reservations r LEFT JOIN payments p ON p.reservation_id = r.id
      WHERE (r.status = 'REFUNDED') <> (COALESCE(p.status, '') = 'REFUNDED')`,
  }),
};

/** I9, with the bound as `:boundMicros` and the slack as `:slackMicros`. */
export const HOLDS_END_IN_TIME: Question = {
  examined: "SELECT COUNT(*) AS examined FROM reservations",
  rules: searchedRules(HOLD_RULES, {
    pendingOverdue: /* sql */ `
      SELECT id AS reservationId, expires_at AS expiresAt FROM reservations
      WHERE status = 'PENDING' AND expires_at < NOW(6) - INTERVAL :boundMicros MICROSECOND`,
    heldOverdue: /* sql */ `
      SELECT id AS seatId, reservation_id AS reservationId, hold_expires_at AS holdExpiresAt
      FROM seats
      WHERE status = 'HELD' AND hold_expires_at < NOW(6) - INTERVAL :boundMicros MICROSECOND`,
    confirmedLate: /* sql */ `
      SELECT id AS reservationId, expires_at AS expiresAt, updated_at AS confirmedAt
      FROM reservations WHERE status = 'CONFIRMED' AND updated_at > expires_at`,
    capturedLate: /* sql */ `
      SELECT p.id AS paymentId, r.id AS reservationId, r.expires_at AS expiresAt,
        p.captured_at AS capturedAt
      FROM payments p JOIN reservations r ON r.id = p.reservation_id
      WHERE r.status = 'REFUNDED'
        AND p.captured_at > r.expires_at + INTERVAL :slackMicros MICROSECOND`,
    expiredEarly: /* sql */ `
      SELECT id AS reservationId, expires_at AS expiresAt, updated_at AS expiredAt
      FROM reservations WHERE status = 'EXPIRED' AND updated_at < expires_at`,
  }),
};
