import {
  at,
  type FillStatement,
  PRICE,
  REFUND_AFTER,
  RESERVATIONS,
  WAS_PAID,
} from "./saleNumbers.ts";

/**
 * The number of message ids for one reservation. No reservation has more messages.
 */
export const MESSAGE_SLOTS = 8;

const MESSAGE_ID = /* sql */ `
  LOWER(CONCAT(LEFT(hexTime, 8), '-', SUBSTR(hexTime, 9, 4), '-7', SUBSTR(digest, 1, 3), '-a',
    SUBSTR(digest, 4, 3), '-', SUBSTR(digest, 7, 12)))`;

function messages(options: {
  slot: number;
  type: string;
  aggregate: string;
  id: string;
  version: string;
  atUs: string;
  where: string;
  payload: string;
}): FillStatement {
  const { slot, type, aggregate, id, version, atUs, where, payload } = options;
  return {
    table: "outbox_messages",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO outbox_messages (id, message_id, aggregate_type, aggregate_id,
        aggregate_version, type, payload, bucket, status, attempts, created_at, published_at)
      SELECT id, ${MESSAGE_ID}, '${aggregate}', aggregateId, version, type, payload,
        aggregateId MOD 64, 'PUBLISHED', 1, ${at("atUs")}, ${at("atUs + 200000")}
      FROM (
        SELECT :count + r.n * ${MESSAGE_SLOTS} + ${slot} AS id, ${id} AS aggregateId,
          ${version} AS version, ${type} AS type, ${atUs} AS atUs, ${payload} AS payload,
          LPAD(HEX((${atUs}) DIV 1000), 12, '0') AS hexTime,
          SHA2(CONCAT(${type}, r.n), 256) AS digest
        FROM (${RESERVATIONS}) r WHERE ${where}
      ) message`,
  };
}

const RESERVATION_FACTS = /* sql */ `JSON_OBJECT('reservationId', r.n + 1, 'userId', r.userId,
  'performanceId', r.performanceId, 'amount', ${PRICE} * r.seatCount, 'seatIds',
  IF(r.seatCount = 2, JSON_ARRAY(r.seatId, :count + r.n + 1), JSON_ARRAY(r.seatId)))`;

const PAYMENT_FACTS = /* sql */ `JSON_OBJECT('paymentId', r.n + 1, 'reservationId', r.n + 1,
  'userId', r.userId, 'amount', ${PRICE} * r.seatCount)`;

/** The second message of a refunded reservation is its confirmation; the third is the refund. */
const ENDED_TYPE = /* sql */ `CONCAT('reservation.',
  IF(${WAS_PAID}, 'confirmed', LOWER(r.statusName)))`;

/** Inserts outbox messages, their publications, and the rows that the notifier wrote for them. */
export const MESSAGE_STATEMENTS: readonly FillStatement[] = [
  messages({
    slot: 1,
    type: "'reservation.held'",
    aggregate: "reservation",
    id: "r.n + 1",
    version: "1",
    atUs: "r.heldUs",
    where: "TRUE",
    payload: RESERVATION_FACTS,
  }),
  messages({
    slot: 2,
    type: ENDED_TYPE,
    aggregate: "reservation",
    id: "r.n + 1",
    version: "2",
    atUs: "r.endedUs",
    where: "r.statusName <> 'PENDING'",
    payload: RESERVATION_FACTS,
  }),
  messages({
    slot: 3,
    type: "'payment.captured'",
    aggregate: "payment",
    id: "r.n + 1",
    version: "1",
    atUs: "r.endedUs",
    where: WAS_PAID,
    payload: PAYMENT_FACTS,
  }),
  messages({
    slot: 4,
    type: "'reservation.refunded'",
    aggregate: "reservation",
    id: "r.n + 1",
    version: "3",
    atUs: `r.endedUs + ${REFUND_AFTER}`,
    where: "r.statusName = 'REFUNDED'",
    payload: RESERVATION_FACTS,
  }),
  messages({
    slot: 5,
    type: "'payment.refunded'",
    aggregate: "payment",
    id: "r.n + 1",
    version: "2",
    atUs: `r.endedUs + ${REFUND_AFTER}`,
    where: "r.statusName = 'REFUNDED'",
    payload: PAYMENT_FACTS,
  }),
  {
    table: "outbox_messages",
    by: "user",
    sql: /* sql */ `
      INSERT INTO outbox_messages (id, message_id, aggregate_type, aggregate_id,
        aggregate_version, type, payload, bucket, status, attempts, created_at, published_at)
      SELECT id, ${MESSAGE_ID}, 'point-account', userId, version,
        CONCAT('point-account.',
          CASE kind WHEN 'CHARGE' THEN 'charged' WHEN 'SPEND' THEN 'spent' ELSE 'refunded' END),
        JSON_OBJECT('userId', userId, 'amount', amount, 'balanceAfter', balanceAfter),
        userId MOD 64, 'PUBLISHED', 1, createdAt, createdAt + INTERVAL 200000 MICROSECOND
      FROM (
        SELECT IF(e.kind = 'CHARGE', e.id,
            :count + (e.reservation_id - 1) * ${MESSAGE_SLOTS} + IF(e.kind = 'SPEND', 6, 7)) AS id,
          e.user_id AS userId, e.account_version AS version, e.kind AS kind, e.amount AS amount,
          e.balance_after AS balanceAfter,
          e.created_at AS createdAt,
          LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', e.created_at) DIV 1000),
            12, '0') AS hexTime,
          SHA2(CONCAT('point', e.id), 256) AS digest
        FROM point_entries e WHERE e.user_id > :from AND e.user_id <= :below
      ) message`,
  },
  {
    table: "outbox_publications",
    by: "message",
    sql: /* sql */ `
      INSERT INTO outbox_publications (id, message_id, aggregate_type, aggregate_id,
        aggregate_version, owner, published_at)
      SELECT id, message_id, aggregate_type, aggregate_id, aggregate_version, 'relay-1',
        published_at
      FROM outbox_messages WHERE id >= :from AND id < :below`,
  },
  {
    table: "inbox_messages",
    by: "message",
    sql: /* sql */ `
      INSERT INTO inbox_messages (consumer, message_id, applied_at)
      SELECT 'reservation-notifier', message_id, published_at + INTERVAL 1 SECOND
      FROM outbox_messages
      WHERE id >= :from AND id < :below AND aggregate_type IN ('reservation', 'payment')`,
  },
  {
    table: "notifications",
    by: "message",
    sql: /* sql */ `
      INSERT INTO notifications (id, message_id, body, status, attempts, created_at, delivered_at)
      SELECT id, message_id, payload, 'DELIVERED', 1, published_at + INTERVAL 1 SECOND,
        published_at + INTERVAL 2 SECOND
      FROM outbox_messages
      WHERE id >= :from AND id < :below AND aggregate_type IN ('reservation', 'payment')`,
  },
];
