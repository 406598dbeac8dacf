import type { Contender } from "../contender.ts";
import type { BarePool, BareTransaction } from "../yardstick/barePool.ts";

/** V0 as a yardstick. */
export function bareContender(
  pool: BarePool,
  transactionOf: (operations: number) => Promise<BareTransaction>,
): Contender {
  return {
    name: "bare loop V0",
    processes: { yardstick: [process.pid] },
    async prepare(operations) {
      const transaction = await transactionOf(operations);
      return () => pool.run(operations, transaction);
    },
  };
}
