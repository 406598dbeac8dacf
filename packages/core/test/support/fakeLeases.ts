import type { Lease, LeaseStore } from "../../src/ports/leaseStore.ts";
import type { Clock } from "../../src/shared/clock.ts";

/** A lease store in memory, by the given clock. */
export function fakeLeases(clock: Clock): LeaseStore {
  const rows = new Map<string, Lease & { readonly untilMs: number }>();
  const isLive = ({ untilMs }: { untilMs: number }): boolean => untilMs > clock.nowMs();
  const toLease = ({ name, owner, epoch }: Lease): Lease => ({ name, owner, epoch });

  return {
    async acquire(name, owner, ttlMs) {
      const row = rows.get(name);
      if (row && isLive(row) && row.owner !== owner) return undefined;
      const epoch = row ? row.epoch + (isLive(row) ? 0 : 1) : 1;
      const lease = { name, owner, epoch };
      rows.set(name, { ...lease, untilMs: clock.nowMs() + ttlMs });
      return lease;
    },
    async release({ name, owner, epoch }) {
      const row = rows.get(name);
      if (row?.owner === owner && row.epoch === epoch) rows.set(name, { ...row, untilMs: 0 });
    },
    async list(namePrefix) {
      return [...rows.values()]
        .filter((row) => row.name.startsWith(namePrefix) && isLive(row))
        .map(toLease);
    },
    async forget(namePrefix, ageMs) {
      const old = [...rows.values()].filter(
        ({ name, untilMs }) => name.startsWith(namePrefix) && untilMs < clock.nowMs() - ageMs,
      );
      for (const { name } of old) rows.delete(name);
      return old.length;
    },
  };
}
