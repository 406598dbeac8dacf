import type { Damage } from "./saleDamages.ts";

const keepTime = "updated_at = updated_at";

/** Damage to messages, admissions, the ends of holds, and what clients were told. */
export const NEWS_DAMAGES: readonly Damage[] = [
  {
    breaks: "I5",
    what: "a transition without a message",
    plant: ["DELETE FROM outbox_messages WHERE type = 'reservation.confirmed' LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "a first transition without a message",
    plant: ["DELETE FROM outbox_messages WHERE type = 'reservation.held' LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "a ledger entry without a message",
    plant: ["DELETE FROM outbox_messages WHERE aggregate_type = 'point-account' LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "a message of something that never happened",
    plant: [
      `UPDATE outbox_messages SET aggregate_version = 9
             WHERE aggregate_type = 'payment' LIMIT 1`,
    ],
  },
  {
    breaks: "I5",
    what: "two messages of one transition",
    plant: [
      `INSERT INTO outbox_messages
               (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket,
                status, published_at)
             SELECT 'twin', aggregate_type, aggregate_id, aggregate_version, type, payload, bucket,
               status, published_at FROM outbox_messages WHERE aggregate_type = 'payment' LIMIT 1`,
    ],
  },
  {
    breaks: "I5",
    what: "a version that counts a transition twice",
    plant: [`UPDATE reservations SET version = 3, ${keepTime} WHERE status = 'CANCELLED'`],
  },
  {
    breaks: "I5",
    what: "a message that was not published",
    plant: ["UPDATE outbox_messages SET status = 'PENDING' LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "a message that was given up",
    plant: ["UPDATE outbox_messages SET status = 'DEAD' LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "a message that was published and not applied",
    plant: [
      "DELETE FROM notifications WHERE message_id = (SELECT MIN(message_id) FROM inbox_messages)",
      `DELETE FROM inbox_messages ORDER BY message_id LIMIT 1`,
    ],
  },
  {
    breaks: "I5",
    what: "a message that was applied twice",
    plant: [
      `INSERT INTO notifications (message_id, body)
             SELECT message_id, '{}' FROM inbox_messages LIMIT 1`,
    ],
  },
  {
    breaks: "I5",
    what: "an effect without its inbox record",
    plant: ["DELETE FROM inbox_messages LIMIT 1"],
  },
  {
    breaks: "I5",
    what: "an inbox record without its effect",
    plant: ["DELETE FROM notifications LIMIT 1"],
  },
  {
    breaks: "I6",
    what: "a version published before a lower one",
    plant: [
      `UPDATE outbox_publications SET id = id + 1000
             WHERE aggregate_type = 'reservation' AND aggregate_version = 1`,
    ],
  },
  {
    breaks: "I6",
    what: "a version published while a lower one was not",
    plant: [
      "UPDATE outbox_messages SET status = 'PENDING' WHERE type = 'reservation.held'",
      `DELETE FROM outbox_publications
       WHERE aggregate_type = 'reservation' AND aggregate_version = 1`,
    ],
  },
  {
    breaks: "I7",
    what: "more active than the cap",
    plant: ["UPDATE queue_admissions SET ended_at_us = 2000001 WHERE sequence = 10"],
  },
  {
    breaks: "I7",
    what: "more admissions in a minute than the rate",
    plant: ["UPDATE queue_admissions SET admitted_at_us = 60999999 WHERE sequence = 40"],
  },
  {
    breaks: "I8",
    what: "somebody who was overtaken",
    plant: ["UPDATE queue_admissions SET sequence = 5, entered_at_us = 5 WHERE sequence = 40"],
  },
  {
    breaks: "I9",
    what: "a hold that nobody ended",
    plant: [
      `UPDATE reservations SET expires_at = NOW(6) - INTERVAL 1 HOUR, ${keepTime}
             WHERE status = 'PENDING'`,
    ],
  },
  {
    breaks: "I9",
    what: "a seat that stays held after its hold",
    plant: ["UPDATE seats SET hold_expires_at = NOW(6) - INTERVAL 1 HOUR WHERE status = 'HELD'"],
  },
  {
    breaks: "I9",
    what: "a reservation that was confirmed after its hold",
    plant: [
      `UPDATE reservations SET expires_at = updated_at - INTERVAL 1 SECOND, ${keepTime}
             WHERE status = 'CONFIRMED'`,
    ],
  },
  {
    breaks: "I9",
    what: "a payment, refunded since, that came after its hold",
    plant: ["UPDATE payments SET captured_at = NOW(6) + INTERVAL 1 DAY WHERE status = 'REFUNDED'"],
  },
  {
    breaks: "I10",
    what: "a key that was used up without an answer",
    plant: ["UPDATE idempotency_records SET answer = NULL LIMIT 1"],
  },
  {
    breaks: "I10",
    what: "a stored answer about a reservation that is not there",
    plant: [
      `UPDATE idempotency_records SET answer = '{"reservationId": 999, "paymentId": 1}'
             WHERE operation = 'pay'`,
    ],
  },
  {
    breaks: "I10",
    what: "a stored answer about a payment that is not there",
    plant: [`DELETE FROM payments WHERE status = 'CAPTURED'`],
  },
  {
    breaks: "I9",
    what: "a hold that was ended too early",
    plant: [`UPDATE reservations SET status = 'EXPIRED', version = 2 WHERE status = 'PENDING'`],
  },
  {
    breaks: "I3",
    what: "an entry without an account",
    plant: ["DELETE FROM point_accounts"],
  },
  {
    breaks: "I4",
    what: "a refund without its time",
    plant: ["UPDATE payments SET refunded_at = NULL WHERE status = 'REFUNDED'"],
  },
];
