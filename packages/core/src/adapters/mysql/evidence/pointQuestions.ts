import { LEDGER_RULES, PAYMENT_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { Question } from "./askQuestion.ts";

/** An entry's effect on the balance. */
const SIGNED = "CASE e.kind WHEN 'SPEND' THEN -e.amount ELSE e.amount END";

/** I3. */
export const BALANCE_IS_LEDGER: Question = {
  examined: /* sql */ `
    SELECT (SELECT COUNT(*) FROM point_accounts)
      + (SELECT COUNT(*) FROM point_entries) AS examined`,
  rules: searchedRules(LEDGER_RULES, {
    sum: /* sql */ `
      SELECT a.user_id AS userId, a.balance AS balance,
        CAST(COALESCE(SUM(${SIGNED}), 0) AS CHAR) AS entriesSum
      FROM point_accounts a LEFT JOIN point_entries e ON e.user_id = a.user_id
      GROUP BY a.user_id, a.balance HAVING COALESCE(SUM(${SIGNED}), 0) <> a.balance`,
    belowZero: /* sql */ `
      SELECT user_id AS userId, balance AS balance, CAST(NULL AS UNSIGNED) AS entryId
      FROM point_accounts WHERE balance < 0
      UNION ALL
      SELECT user_id, balance_after, id FROM point_entries WHERE balance_after < 0`,
    chain: /* sql */ `
      SELECT chain.userId, chain.entryId, chain.accountVersion, chain.balanceAfter
      FROM (
        SELECT e.user_id AS userId, e.id AS entryId, e.account_version AS accountVersion,
          e.balance_after AS balanceAfter, ${SIGNED} AS moved,
          COALESCE(LAG(e.balance_after) OVER account, 0) AS balanceBefore,
          ROW_NUMBER() OVER account AS expectedVersion
        FROM point_entries e
        WINDOW account AS (PARTITION BY e.user_id ORDER BY e.account_version, e.id)
      ) chain
      WHERE chain.accountVersion <> chain.expectedVersion
        OR chain.balanceAfter <> chain.balanceBefore + chain.moved`,
    accountVersion: /* sql */ `
      SELECT a.user_id AS userId, a.version AS version, COUNT(e.id) AS entryCount
      FROM point_accounts a LEFT JOIN point_entries e ON e.user_id = a.user_id
      GROUP BY a.user_id, a.version HAVING COUNT(e.id) <> a.version`,
    noAccount: /* sql */ `
      SELECT e.id AS entryId, e.user_id AS userId
      FROM point_entries e LEFT JOIN point_accounts a ON a.user_id = e.user_id
      WHERE a.user_id IS NULL`,
  }),
};

/** I4. */
export const PAYMENTS_ADD_UP: Question = {
  examined: /* sql */ `
    SELECT (SELECT COUNT(*) FROM payments) + (SELECT COUNT(*) FROM reservations)
      + (SELECT COUNT(*) FROM point_entries WHERE kind <> 'CHARGE') AS examined`,
  rules: searchedRules(PAYMENT_RULES, {
    total: /* sql */ `
      SELECT CAST(total.spent AS CHAR) AS spent, CAST(total.refunded AS CHAR) AS refunded,
        CAST(total.confirmed AS CHAR) AS confirmed
      FROM (
        SELECT
          (SELECT COALESCE(SUM(amount), 0) FROM point_entries WHERE kind = 'SPEND') AS spent,
          (SELECT COALESCE(SUM(amount), 0) FROM point_entries WHERE kind = 'REFUND') AS refunded,
          (SELECT COALESCE(SUM(rs.price), 0) FROM reservation_seats rs
            JOIN reservations r ON r.id = rs.reservation_id
            WHERE r.status = 'CONFIRMED') AS confirmed
      ) total
      WHERE total.spent - total.refunded <> total.confirmed`,
    amountOrUser: /* sql */ `
      SELECT p.id AS paymentId, r.id AS reservationId, p.amount AS paid, r.amount AS owed,
        p.user_id AS payerId, r.user_id AS buyerId
      FROM payments p LEFT JOIN reservations r ON r.id = p.reservation_id
      WHERE r.id IS NULL OR p.amount <> r.amount OR p.user_id <> r.user_id`,
    prices: /* sql */ `
      SELECT r.id AS reservationId, r.amount AS amount, CAST(SUM(rs.price) AS CHAR) AS pricesSum
      FROM reservations r JOIN reservation_seats rs ON rs.reservation_id = r.id
      GROUP BY r.id, r.amount HAVING SUM(rs.price) <> r.amount`,
    spend: /* sql */ `
      SELECT p.id AS paymentId, p.reservation_id AS reservationId, COUNT(e.id) AS spendCount
      FROM payments p LEFT JOIN point_entries e
        ON e.reservation_id = p.reservation_id AND e.user_id = p.user_id AND e.kind = 'SPEND'
      GROUP BY p.id, p.reservation_id, p.amount
      HAVING COUNT(e.id) <> 1 OR SUM(e.amount) <> p.amount`,
    refund: /* sql */ `
      SELECT p.id AS paymentId, p.reservation_id AS reservationId, p.status AS status,
        COUNT(e.id) AS refundCount
      FROM payments p LEFT JOIN point_entries e
        ON e.reservation_id = p.reservation_id AND e.user_id = p.user_id AND e.kind = 'REFUND'
      GROUP BY p.id, p.reservation_id, p.amount, p.status
      HAVING COUNT(e.id) <> IF(p.status = 'REFUNDED', 1, 0)
        OR COALESCE(SUM(e.amount), 0) <> IF(p.status = 'REFUNDED', p.amount, 0)`,
    entry: /* sql */ `
      SELECT e.id AS entryId, e.kind AS kind, e.user_id AS userId, e.reservation_id AS reservationId
      FROM point_entries e LEFT JOIN payments p
        ON p.reservation_id = e.reservation_id AND p.user_id = e.user_id
      WHERE (e.kind = 'CHARGE') <> (e.reservation_id IS NULL)
        OR (e.kind <> 'CHARGE' AND p.id IS NULL)`,
    refundTime: /* sql */ `
      SELECT id AS paymentId, status AS status, refunded_at AS refundedAt FROM payments
      WHERE (status = 'REFUNDED') <> (refunded_at IS NOT NULL)`,
  }),
};
