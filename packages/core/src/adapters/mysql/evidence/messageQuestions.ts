import type { Question, Rule } from "./askQuestion.ts";

/*
 * Cleanup deletes old messages, publications, inbox records and notices, each by its own age. So
 * that nothing is taken for lost that was only tidied away, rows are looked for only while the
 * transition that they belong to is younger than `:heedMicros`, which is nine tenths of the
 * retention: no cleanup has touched anything of that age, whatever the moment at which it ran.
 * Nothing is excused that is younger.
 */
const YOUNG = "> NOW(6) - INTERVAL :heedMicros MICROSECOND";

/**
 * Each version of each aggregate with the moment of its transition. A reservation's row keeps the
 * first moment and the last, so the version between them is looked for while the first is young.
 */
const TRANSITIONS = /* sql */ `
  SELECT 'reservation' AS aggregateType, r.id AS aggregateId, v.version AS aggregateVersion,
    IF(v.version = r.version, r.updated_at, r.created_at) AS madeAt
  FROM reservations r
    JOIN (SELECT 1 AS version UNION ALL SELECT 2 UNION ALL SELECT 3) v ON v.version <= r.version
  UNION ALL
  SELECT 'payment', p.id, v.version, IF(v.version = 1, p.captured_at, p.refunded_at)
  FROM payments p JOIN (SELECT 1 AS version UNION ALL SELECT 2) v ON v.version <= p.version
  UNION ALL
  SELECT 'point-account', e.user_id, e.account_version, e.created_at FROM point_entries e`;

const TRANSITION_RULES: readonly Rule[] = [
  {
    message: "the transition has no outbox message",
    sql: /* sql */ `
      SELECT t.aggregateType, t.aggregateId, t.aggregateVersion
      FROM (${TRANSITIONS}) t LEFT JOIN outbox_messages m
        ON m.aggregate_type = t.aggregateType AND m.aggregate_id = t.aggregateId
        AND m.aggregate_version = t.aggregateVersion
      WHERE m.id IS NULL AND t.madeAt ${YOUNG}`,
  },
  {
    message: "the outbox message tells of a transition that was never made",
    sql: /* sql */ `
      SELECT m.message_id AS messageId, m.aggregate_type AS aggregateType,
        m.aggregate_id AS aggregateId, m.aggregate_version AS aggregateVersion
      FROM outbox_messages m
        LEFT JOIN reservations r ON m.aggregate_type = 'reservation' AND r.id = m.aggregate_id
        LEFT JOIN payments p ON m.aggregate_type = 'payment' AND p.id = m.aggregate_id
        LEFT JOIN point_accounts a
          ON m.aggregate_type = 'point-account' AND a.user_id = m.aggregate_id
      WHERE m.aggregate_version < 1
        OR m.aggregate_version > COALESCE(r.version, p.version, a.version, 0)`,
  },
  {
    message: "the transition has more than one outbox message",
    sql: /* sql */ `
      SELECT aggregate_type AS aggregateType, aggregate_id AS aggregateId,
        aggregate_version AS aggregateVersion, COUNT(*) AS messageCount
      FROM outbox_messages GROUP BY aggregate_type, aggregate_id, aggregate_version
      HAVING COUNT(*) > 1`,
  },
  {
    // PENDING is the first state, REFUNDED the third; every other the second.
    message: "the version does not count the transitions that lead to this state",
    sql: /* sql */ `
      SELECT 'reservation' AS aggregateType, id AS aggregateId, version AS version, status AS status
      FROM reservations
      WHERE version <> CASE status WHEN 'PENDING' THEN 1 WHEN 'REFUNDED' THEN 3 ELSE 2 END
      UNION ALL
      SELECT 'payment', id, version, status FROM payments
      WHERE version <> CASE status WHEN 'CAPTURED' THEN 1 ELSE 2 END`,
  },
];

const EFFECT_RULES: readonly Rule[] = [
  {
    message: "the message was applied more than once",
    sql: /* sql */ `
      SELECT message_id AS messageId, COUNT(*) AS notificationCount
      FROM notifications GROUP BY message_id HAVING COUNT(*) > 1`,
  },
  {
    message: "the notification has no inbox record",
    sql: /* sql */ `
      SELECT n.id AS notificationId, n.message_id AS messageId
      FROM notifications n LEFT JOIN inbox_messages i
        ON i.consumer = :notifier AND i.message_id = n.message_id
      WHERE i.message_id IS NULL AND n.created_at ${YOUNG}`,
  },
  {
    message: "the inbox record has no notification",
    sql: /* sql */ `
      SELECT i.message_id AS messageId
      FROM inbox_messages i LEFT JOIN notifications n ON n.message_id = i.message_id
      WHERE i.consumer = :notifier AND n.id IS NULL AND i.applied_at ${YOUNG}`,
  },
];

const DRAINED_RULES: readonly Rule[] = [
  {
    message: "the message was not published",
    sql: /* sql */ `
      SELECT message_id AS messageId, status AS status, attempts AS attempts,
        aggregate_type AS aggregateType, aggregate_id AS aggregateId
      FROM outbox_messages WHERE status <> 'PUBLISHED'`,
  },
  {
    message: "the published message was not applied by the notifier",
    sql: /* sql */ `
      SELECT m.message_id AS messageId, m.aggregate_type AS aggregateType,
        m.aggregate_id AS aggregateId, m.aggregate_version AS aggregateVersion
      FROM outbox_messages m LEFT JOIN inbox_messages i
        ON i.consumer = :notifier AND i.message_id = m.message_id
      WHERE m.status = 'PUBLISHED' AND m.aggregate_type IN (:notifiedTypes)
        AND i.message_id IS NULL AND m.published_at ${YOUNG}`,
  },
];

const MESSAGES_EXAMINED = /* sql */ `
  SELECT (SELECT COUNT(*) FROM outbox_messages) + (SELECT COUNT(*) FROM inbox_messages)
    + (SELECT COUNT(*) FROM notifications) AS examined`;

/** I5 at any moment: one message for each transition, no effect twice. */
export const MESSAGES_ARE_WHOLE: Question = {
  examined: MESSAGES_EXAMINED,
  rules: [...TRANSITION_RULES, ...EFFECT_RULES],
};

/** I5 once everything has come to rest: also published, and applied where somebody listens. */
export const MESSAGES_ARE_DELIVERED: Question = {
  examined: MESSAGES_EXAMINED,
  rules: [...TRANSITION_RULES, ...EFFECT_RULES, ...DRAINED_RULES],
};

/**
 * I6: the first publication of each version comes after that of every lower one. Replays come
 * later and do not matter. Cleanup takes the oldest publications, so what is left of an aggregate
 * may begin anywhere.
 */
export const MESSAGES_ARE_IN_ORDER: Question = {
  examined: "SELECT COUNT(*) AS examined FROM outbox_publications",
  rules: [
    {
      message: "the version was published before a lower one of its aggregate",
      sql: /* sql */ `
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
    },
    {
      message: "the version was published while a lower one of its aggregate was not",
      sql: /* sql */ `
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
    },
  ],
};
