import type { Contender } from "../contender.ts";
import type { BarePool, BareTransaction } from "../yardstick/barePool.ts";

/** V0 as a yardstick. */
export function bareContender(
  pool: BarePool,
  transactionOf: (operations: number) => Promise<BareTransaction>,
): Contender {
  return {
    name: pool.size === 1 ? "V0, 1 connection" : `V0, ${pool.size} connections`,
    processes: { yardstick: [process.pid] },
    async prepare(operations) {
      const transaction = await transactionOf(operations);
      return () => pool.run(operations, transaction);
    },
  };
}
