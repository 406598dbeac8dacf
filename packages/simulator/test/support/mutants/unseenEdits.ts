const BY_RESERVATION =
  "`s.reservation_id` and the version choose the same seats; only more rows are locked";
const BY_VERSION = "the version, which each hold raises";
const BY_ID = "`s.reservation_id`: ids of reservations are never used twice";
const ONE_QUEUE = "a virtual sale has one queue, so nothing shows it";
const ORDER_ONLY = "the order only decides which rows are first; the others follow";
const RETENTION = "a virtual sale is shorter than the retention";
const OVERDUE_AGAIN = "`reservations.expire` asks for the same again";

/** The reason why no check sees an edit: the mechanism that replaces the dropped part. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["seats.hold without version = version + 1", BY_ID],
  ["seats.confirm without rs.reservation_id = :reservationId", BY_RESERVATION],
  ["seats.confirm without rs.live = 1", BY_RESERVATION],
  ["seats.confirm without s.reservation_id = :reservationId", BY_VERSION],
  [
    "seats.confirm without s.status = 'HELD'",
    "`reservations.confirm` leaves PENDING once, so the seats of this reservation are held",
  ],
  ["seats.confirm without s.version = rs.seat_version", BY_ID],
  ["seats.release without rs.reservation_id = :reservationId", BY_RESERVATION],
  ["seats.release without rs.live = 1", BY_RESERVATION],
  ["seats.release without s.reservation_id = :reservationId", BY_VERSION],
  [
    "seats.release without s.status = :from",
    "the move of the reservation in the same transaction, which leaves its state once",
  ],
  ["seats.release without s.version = rs.seat_version", BY_ID],
  ["seats.release without version = version + 1", "the next hold raises the version"],
  ["seats.release:liveLinks without live = 1", "NULL is set to NULL"],
  [
    "reservations.confirm without status = 'PENDING'",
    "`seats.confirm`, which finds no held seat of an ended reservation, and the payment rolls back",
  ],
  [
    "reservations.expire without status = 'PENDING'",
    "`reservations.lockOverdue` finds pending ones only and keeps them locked",
  ],
  [
    "reservations.expire without expires_at <= NOW(6)",
    "`reservations.lockOverdue` finds overdue ones only",
  ],
  [
    "reservations.refund without status = 'CONFIRMED'",
    "`payments.refund` leaves CAPTURED once, in the same transaction",
  ],
  ["reservations.lockOverdue without status = 'PENDING'", OVERDUE_AGAIN],
  ["reservations.lockOverdue without expires_at <= NOW(6)", OVERDUE_AGAIN],
  ["reservations.lockOverdue without its order", ORDER_ONLY],
  [
    "reservations.lockOverdue without SKIP LOCKED",
    "workers wait for each other, and `reservations.expire` decides",
  ],
  [
    "ledger.post:add without balance <= :max - :amount",
    "the CHECK of the column; no buyer comes near the maximum",
  ],
  [
    "payments.refund without status = 'CAPTURED'",
    "`reservations.refund` leaves CONFIRMED once, in the same transaction",
  ],
  ["idempotency.cleanUp without its order", ORDER_ONLY],
  ["outbox.cleanUp:messages without its order", ORDER_ONLY],
  ["notifications.cleanUp without its order", ORDER_ONLY],
  ["notifications.takeDue:lock without its order", ORDER_ONLY],
  [
    "notifications.takeDue:lock without SKIP LOCKED",
    "workers wait for each other, and each takes what is still due",
  ],
  [
    "outbox.markPublished:publications without status = 'PENDING'",
    "the fence: while it is locked no other relay marks messages of the bucket",
  ],
  [
    "outbox.markPublished:messages without status = 'PENDING'",
    "the fence: while it is locked no other relay marks messages of the bucket",
  ],
  [
    "outbox.markPublished:fence without owner = :owner",
    "the epoch, which each new owner of the lease raises",
  ],
  [
    "notifications.cleanUp without next_attempt_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    "the condition on `delivered_at`; this one leads to the index",
  ],
  [
    "notifications.cleanUp without delivered_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
    "the condition on `next_attempt_at`",
  ],
  ["notifications.cleanUp without status = 'DELIVERED'", RETENTION],
  ["outbox.cleanUp:messages without status = 'PUBLISHED'", RETENTION],
  ["admissions.saveSettings:formerLimits without id = :queueId", ONE_QUEUE],
  ["admissions.saveSettings:settings without id = :queueId", ONE_QUEUE],
  ["admissions.beginGeneration:count without id = :queueId", ONE_QUEUE],
  ["admissions.recordPromotions:generation without id = :queueId", ONE_QUEUE],
  ["admissions.recordEnds without queue_id = :queueId", ONE_QUEUE],
  [
    "admissions.recordEnds without sequence IN (:sequences)",
    "ELT gives rows outside of the list NULL, which they have",
  ],
  [
    "admissions.recordEnds without ended_at_us IS NULL",
    "a repeated record of an end has the same values",
  ],
  ["idAllocator.next without kind = :kind", "ids of both kinds only get gaps"],
]);

/** The mechanism that replaces the dropped part, as text for the table of the page. */
export function reasonOf(statement: string, says: string): string {
  return REASONS.get(`${statement} ${says}`) ?? "not examined: take it for a gap";
}
