import type { Lease, LeaseStore } from "../../ports/leaseStore.ts";
import { toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

/**
 * Renews one's own living lease, or takes one that ran out with the next epoch. MySQL assigns from
 * left to right: the epoch looks at the expiry before that moves on.
 */
const RENEW_OR_TAKE = /* sql */ `
  UPDATE leases
  SET epoch = IF(expires_at <= NOW(6), epoch + 1, epoch),
      owner = :owner,
      expires_at = NOW(6) + INTERVAL :ttlUs MICROSECOND
  WHERE name = :name AND (owner = :owner OR expires_at <= NOW(6))`;

const CREATE = /* sql */ `
  INSERT IGNORE INTO leases (name, owner, epoch, expires_at)
  VALUES (:name, :owner, 1, NOW(6) + INTERVAL :ttlUs MICROSECOND)`;

const OWN = /* sql */ `
  SELECT name, owner, epoch FROM leases
  WHERE name = :name AND owner = :owner AND expires_at > NOW(6)`;

/** The row stays, so that the next owner's epoch is higher. */
const RELEASE = /* sql */ `
  UPDATE leases SET expires_at = NOW(6) - INTERVAL 1 MICROSECOND
  WHERE name = :name AND owner = :owner AND epoch = :epoch AND expires_at > NOW(6)`;

const LIST = /* sql */ `
  SELECT name, owner, epoch FROM leases
  WHERE LEFT(name, CHAR_LENGTH(:namePrefix)) = :namePrefix AND expires_at > NOW(6)
  ORDER BY name`;

const FORGET = /* sql */ `
  DELETE FROM leases
  WHERE LEFT(name, CHAR_LENGTH(:namePrefix)) = :namePrefix
    AND expires_at < NOW(6) - INTERVAL :ageUs MICROSECOND`;

interface LeaseRow {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number | string;
}

function toLease(row: LeaseRow): Lease {
  return { name: row.name, owner: row.owner, epoch: toInteger(row.epoch) };
}

/** Leases by the database's clock; a few dozen rows. */
export function mysqlLeaseStore(db: Database): LeaseStore {
  return {
    async acquire(name, owner, ttlMs) {
      const values = { name, owner, ttlUs: Math.round(ttlMs * 1000) };
      const moved = await db.change(null, RENEW_OR_TAKE, values);
      if (moved === 0 && (await db.change(null, CREATE, values)) === 0) return undefined;
      const [row] = await db.select<LeaseRow>(null, OWN, { name, owner });
      return row && toLease(row);
    },

    async release(lease) {
      await db.change(null, RELEASE, { ...lease });
    },

    async list(namePrefix) {
      const rows = await db.select<LeaseRow>(null, LIST, { namePrefix });
      return rows.map(toLease);
    },

    forget: (namePrefix, ageMs) =>
      db.change(null, FORGET, { namePrefix, ageUs: Math.round(ageMs * 1000) }),
  };
}
