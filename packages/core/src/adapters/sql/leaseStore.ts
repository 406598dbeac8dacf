import type { Lease, LeaseStore } from "../../ports/leaseStore.ts";
import type { AnswerRow } from "./answerRow.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

/**
 * Renews the owner's unexpired lease, or acquires an expired lease with the next epoch. MySQL
 * executes assignments from left to right, so the assignment of `epoch` still reads the old expiry.
 */
const RENEW_OR_TAKE = sql(
  "leases.acquire:renew",
  `UPDATE leases
   SET epoch = IF(expires_at <= NOW(6), epoch + 1, epoch),
       owner = :owner,
       expires_at = NOW(6) + INTERVAL :ttlUs MICROSECOND
   WHERE name = :name AND (owner = :owner OR expires_at <= NOW(6))`,
);

const CREATE = sql(
  "leases.acquire:create",
  `INSERT IGNORE INTO leases (name, owner, epoch, expires_at)
   VALUES (:name, :owner, 1, NOW(6) + INTERVAL :ttlUs MICROSECOND)`,
);

const OWN = query(
  sql(
    "leases.acquire:own",
    `SELECT name, owner, epoch FROM leases
     WHERE name = :name AND owner = :owner AND expires_at > NOW(6)`,
  ),
  presentLease,
);

/** Keeps the row, so that the next owner gets a higher epoch. */
const RELEASE = sql(
  "leases.release",
  `UPDATE leases SET expires_at = NOW(6) - INTERVAL 1 MICROSECOND
   WHERE name = :name AND owner = :owner AND epoch = :epoch AND expires_at > NOW(6)`,
);

const LIST = query(
  sql(
    "leases.list",
    `SELECT name, owner, epoch FROM leases
     WHERE LEFT(name, CHAR_LENGTH(:namePrefix)) = :namePrefix AND expires_at > NOW(6)
     ORDER BY name`,
  ),
  presentLease,
);

const FORGET = sql(
  "leases.forget",
  `DELETE FROM leases
   WHERE LEFT(name, CHAR_LENGTH(:namePrefix)) = :namePrefix
     AND expires_at < NOW(6) - INTERVAL :ageUs MICROSECOND`,
);

/**
 * The text of statements that lock a valid lease until COMMIT, so that no other owner acquires it
 * before the transaction ends. The statements find no row when the lease has expired or has another
 * owner.
 */
export const LOCK_VALID_LEASE = `SELECT epoch FROM leases
     WHERE name = :name AND owner = :owner AND epoch = :epoch AND expires_at > NOW(6)
     FOR UPDATE`;

/** All statements of the lease store. */
export const LEASE_STATEMENTS: readonly Sql[] = [RENEW_OR_TAKE, CREATE, OWN, RELEASE, LIST, FORGET];

/** Stores leases, which expire by the database's clock. The table has only a few dozen rows. */
export function sqlLeaseStore(db: Database): LeaseStore {
  return {
    async acquire(name, owner, ttlMs) {
      const values = { name, owner, ttlUs: Math.round(ttlMs * 1000) };
      const moved = await db.change(null, RENEW_OR_TAKE, values);
      if (moved === 0 && (await db.change(null, CREATE, values)) === 0) return undefined;
      const [own] = await db.select(null, OWN, { name, owner });
      return own;
    },

    async release(lease) {
      await db.change(null, RELEASE, { ...lease });
    },

    list: (namePrefix) => db.select(null, LIST, { namePrefix }),

    forget: (namePrefix, ageMs) =>
      db.change(null, FORGET, { namePrefix, ageUs: Math.round(ageMs * 1000) }),
  };
}

function presentLease(row: AnswerRow): Lease {
  return { name: row.text("name"), owner: row.text("owner"), epoch: row.integer("epoch") };
}
