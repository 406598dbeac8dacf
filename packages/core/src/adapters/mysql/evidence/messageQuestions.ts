import { DELIVERY_RULES, MESSAGE_RULES, ORDER_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { Question } from "./askQuestion.ts";

/** What may be looked for: no cleanup has touched anything of that age (`heedMicrosOf`). */
const YOUNG = "> NOW(6) - INTERVAL :heedMicros MICROSECOND";

/**
 * Each version of each aggregate with the moment of its transition. A reservation's row keeps the
 * first moment and the last, so the version between them is looked for while the first is young.
 * Versions are cast, or MariaDB would make the union's a DECIMAL, which the driver gives as text.
 */
const TRANSITIONS = /* sql */ `
  SELECT 'reservation' AS aggregateType, r.id AS aggregateId,
    CAST(v.version AS UNSIGNED) AS aggregateVersion,
    IF(v.version = r.version, r.updated_at, r.created_at) AS madeAt
  FROM reservations r
    JOIN (SELECT 1 AS version UNION ALL SELECT 2 UNION ALL SELECT 3) v ON v.version <= r.version
  UNION ALL
  SELECT 'payment', p.id, CAST(v.version AS UNSIGNED),
    IF(v.version = 1, p.captured_at, p.refunded_at)
  FROM payments p JOIN (SELECT 1 AS version UNION ALL SELECT 2) v ON v.version <= p.version
  UNION ALL
  SELECT 'point-account', e.user_id, e.account_version, e.created_at FROM point_entries e`;

const WHOLE = searchedRules(MESSAGE_RULES, {
  noMessage: /* sql */ `
    SELECT t.aggregateType, t.aggregateId, t.aggregateVersion
    FROM (${TRANSITIONS}) t LEFT JOIN outbox_messages m
      ON m.aggregate_type = t.aggregateType AND m.aggregate_id = t.aggregateId
      AND m.aggregate_version = t.aggregateVersion
    WHERE m.id IS NULL AND t.madeAt ${YOUNG}`,
  noTransition: /* sql */ `
    SELECT m.message_id AS messageId, m.aggregate_type AS aggregateType,
      m.aggregate_id AS aggregateId, m.aggregate_version AS aggregateVersion
    FROM outbox_messages m
      LEFT JOIN reservations r ON m.aggregate_type = 'reservation' AND r.id = m.aggregate_id
      LEFT JOIN payments p ON m.aggregate_type = 'payment' AND p.id = m.aggregate_id
      LEFT JOIN point_accounts a
        ON m.aggregate_type = 'point-account' AND a.user_id = m.aggregate_id
    WHERE m.aggregate_version < 1
      OR m.aggregate_version > COALESCE(r.version, p.version, a.version, 0)`,
  twoMessages: /* sql */ `
    SELECT aggregate_type AS aggregateType, aggregate_id AS aggregateId,
      aggregate_version AS aggregateVersion, COUNT(*) AS messageCount
    FROM outbox_messages GROUP BY aggregate_type, aggregate_id, aggregate_version
    HAVING COUNT(*) > 1`,
  version: /* sql */ `
    SELECT 'reservation' AS aggregateType, id AS aggregateId, version AS version, status AS status
    FROM reservations
    WHERE version <> CASE status WHEN 'PENDING' THEN 1 WHEN 'REFUNDED' THEN 3 ELSE 2 END
    UNION ALL
    SELECT 'payment', id, version, status FROM payments
    WHERE version <> CASE status WHEN 'CAPTURED' THEN 1 ELSE 2 END`,
  appliedTwice: /* sql */ `
    SELECT message_id AS messageId, COUNT(*) AS notificationCount
    FROM notifications GROUP BY message_id HAVING COUNT(*) > 1`,
  noInboxRecord: /* sql */ `
    SELECT n.id AS notificationId, n.message_id AS messageId
    FROM notifications n LEFT JOIN inbox_messages i
      ON i.consumer = :notifier AND i.message_id = n.message_id
    WHERE i.message_id IS NULL AND n.created_at ${YOUNG}`,
  noNotification: /* sql */ `
    SELECT i.message_id AS messageId
    FROM inbox_messages i LEFT JOIN notifications n ON n.message_id = i.message_id
    WHERE i.consumer = :notifier AND n.id IS NULL AND i.applied_at ${YOUNG}`,
});

const DELIVERED = searchedRules(DELIVERY_RULES, {
  unpublished: /* sql */ `
    SELECT message_id AS messageId, status AS status, attempts AS attempts,
      aggregate_type AS aggregateType, aggregate_id AS aggregateId
    FROM outbox_messages WHERE status <> 'PUBLISHED'`,
  unapplied: /* sql */ `
    SELECT m.message_id AS messageId, m.aggregate_type AS aggregateType,
      m.aggregate_id AS aggregateId, m.aggregate_version AS aggregateVersion
    FROM outbox_messages m LEFT JOIN inbox_messages i
      ON i.consumer = :notifier AND i.message_id = m.message_id
    WHERE m.status = 'PUBLISHED' AND m.aggregate_type IN (:notifiedTypes)
      AND i.message_id IS NULL AND m.published_at ${YOUNG}`,
});

const MESSAGES_EXAMINED = /* sql */ `
  SELECT (SELECT COUNT(*) FROM outbox_messages) + (SELECT COUNT(*) FROM inbox_messages)
    + (SELECT COUNT(*) FROM notifications) AS examined`;

/** I5 at any moment. */
export const MESSAGES_ARE_WHOLE: Question = {
  examined: MESSAGES_EXAMINED,
  rules: WHOLE,
};

/** I5 once everything has come to rest. */
export const MESSAGES_ARE_DELIVERED: Question = {
  examined: MESSAGES_EXAMINED,
  rules: [...WHOLE, ...DELIVERED],
};

/** I6. */
export const MESSAGES_ARE_IN_ORDER: Question = {
  examined: "SELECT COUNT(*) AS examined FROM outbox_publications",
  rules: searchedRules(ORDER_RULES, {
    outOfOrder: /* sql */ `
      SELECT seen.aggregateType, seen.aggregateId, seen.aggregateVersion, seen.versionBefore
      FROM (
        SELECT aggregate_type AS aggregateType, aggregate_id AS aggregateId,
          aggregate_version AS aggregateVersion,
          LAG(aggregate_version) OVER (
            PARTITION BY aggregate_type, aggregate_id ORDER BY MIN(id)
          ) AS versionBefore
        FROM outbox_publications
        GROUP BY aggregate_type, aggregate_id, aggregate_version
      ) seen
      WHERE seen.aggregateVersion <> seen.versionBefore + 1`,
    lowerUnpublished: /* sql */ `
      SELECT DISTINCT p.aggregate_type AS aggregateType, p.aggregate_id AS aggregateId,
        p.aggregate_version AS aggregateVersion, m.aggregate_version AS unpublishedVersion
      FROM outbox_messages m JOIN outbox_publications p
        ON p.aggregate_type = m.aggregate_type AND p.aggregate_id = m.aggregate_id
        AND p.aggregate_version > m.aggregate_version
      WHERE m.status <> 'PUBLISHED' AND NOT EXISTS (
        SELECT 1 FROM outbox_publications earlier
        WHERE earlier.aggregate_type = m.aggregate_type
          AND earlier.aggregate_id = m.aggregate_id
          AND earlier.aggregate_version = m.aggregate_version)`,
  }),
};
