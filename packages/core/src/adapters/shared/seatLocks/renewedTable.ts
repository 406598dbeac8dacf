import type { Clock } from "../../../shared/clock.ts";
import type { LockTable } from "./lockTable.ts";

/** The part of a lock's life after which it is renewed, as in the library redis-semaphore. */
const RENEWAL_SHARE = 0.8;

interface RenewableTable extends LockTable {
  renew(seatIds: readonly number[], token: string): Promise<void>;
}

/**
 * Renews each granted lock until its release, as the library redis-semaphore does.
 * @param ended aborted when the process ends, which then renews nothing any more
 */
export function renewedTable(
  table: RenewableTable,
  clock: Clock,
  ttlMs: number,
  ended: AbortSignal,
): LockTable {
  const renewals = new Map<string, AbortController>();
  ended.addEventListener("abort", () => {
    for (const renewal of renewals.values()) renewal.abort();
  });

  async function renewUntilReleased(seatIds: readonly number[], token: string): Promise<void> {
    const ending = new AbortController();
    renewals.set(token, ending);
    for (;;) {
      await clock.sleep(ttlMs * RENEWAL_SHARE, ending.signal);
      if (ending.signal.aborted) return;
      await table.renew(seatIds, token);
    }
  }

  return {
    async take(seatIds, token) {
      const answer = await table.take(seatIds, token);
      if (answer === "taken") void renewUntilReleased(seatIds, token);
      return answer;
    },
    giveBack(seatIds, token) {
      renewals.get(token)?.abort();
      renewals.delete(token);
      return table.giveBack(seatIds, token);
    },
  };
}
