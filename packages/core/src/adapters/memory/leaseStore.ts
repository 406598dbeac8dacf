import type { Lease, LeaseStore } from "../../ports/leaseStore.ts";
import { isSameText, textKey } from "./database/collation.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { LeaseRow } from "./database/rows.ts";
import type { StoredRow, Table } from "./database/table.ts";
import { toUs } from "./times.ts";

/** The row of a lease's name, if there is one. */
export function leaseRows(leases: Table<LeaseRow>, name: string): StoredRow<LeaseRow>[] {
  return leases.of([textKey(name)]);
}

/** Leases by the database's clock, in memory. */
export function memoryLeaseStore(db: MemoryDb): LeaseStore {
  const { leases } = db.tables;
  return {
    async acquire(name, owner, ttlMs) {
      const isMine = (row: LeaseRow): boolean => isSameText(row.owner, owner);
      // A lease that ran out goes on with the next epoch, also to its last owner.
      const moved = await db.run(null, "leases.acquire:renew", (s) =>
        s.update(
          leases,
          leaseRows(leases, name),
          (row) => isMine(row) || row.expiresAtUs <= s.nowUs,
          (row) => ({
            ...row,
            epoch: row.expiresAtUs <= s.nowUs ? row.epoch + 1 : row.epoch,
            owner,
            expiresAtUs: s.nowUs + toUs(ttlMs),
          }),
        ),
      );
      if (moved === 0 && !(await create(db, name, owner, ttlMs))) return undefined;
      const [own] = await db.run(null, "leases.acquire:own", (s) =>
        s
          .read(leaseRows(leases, name))
          .filter((row) => isMine(row) && row.expiresAtUs > s.nowUs)
          .map(present),
      );
      return own;
    },

    async release({ name, owner, epoch }) {
      // The row stays, so that the next owner's epoch is higher.
      await db.run(null, "leases.release", (s) =>
        s.update(
          leases,
          leaseRows(leases, name),
          (row) => isSameText(row.owner, owner) && row.epoch === epoch && row.expiresAtUs > s.nowUs,
          (row) => ({ ...row, expiresAtUs: s.nowUs - 1 }),
        ),
      );
    },

    list: (namePrefix) =>
      db.run(null, "leases.list", (s) =>
        s
          .all(leases)
          .filter((row) => beginsWith(row.name, namePrefix) && row.expiresAtUs > s.nowUs)
          .sort((a, b) => (textKey(a.name) < textKey(b.name) ? -1 : 1))
          .map(present),
      ),

    forget: (namePrefix, ageMs) =>
      db.run(null, "leases.forget", (s) =>
        s.remove(
          leases.all(),
          (row) => beginsWith(row.name, namePrefix) && row.expiresAtUs < s.nowUs - toUs(ageMs),
        ),
      ),
  };
}

function create(db: MemoryDb, name: string, owner: string, ttlMs: number): Promise<boolean> {
  const { leases } = db.tables;
  return db.run(null, "leases.acquire:create", (s) => {
    const lease = { name, owner, epoch: 1, expiresAtUs: s.nowUs + toUs(ttlMs) };
    return s.insert(leases, lease, "ignore");
  });
}

function beginsWith(name: string, prefix: string): boolean {
  return isSameText(name.slice(0, prefix.length), prefix);
}

function present({ name, owner, epoch }: LeaseRow): Lease {
  return { name, owner, epoch };
}
