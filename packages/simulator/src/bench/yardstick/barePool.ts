import { type Connection, createConnection } from "mysql2/promise";
import type { LoadResult } from "../benchReport.ts";
import { Tally } from "../load/tally.ts";

/*
 * V0, the bare loop
 *
 * Problem: the speed of the product depends on the machine. A yardstick in the same run shows what
 * the same machine does without the product: V0 writes the same rows with the same durability, one
 * transaction for each operation, through the same driver. It has no HTTP, queue, lock, checks,
 * idempotency or limits.
 *
 * The loop has a fixed number of connections, and each connection runs one transaction after the
 * other. The default of 16 is the number at which the loop is fastest on two cores: with one
 * connection for each of 256 operations in flight it is slower. The statements are prepared once
 * for each connection.
 *
 * The loop runs in the process of the benchmark, which has nothing else to do during a round, so
 * its CPU time is the CPU time of that process.
 */

/** One transaction of the loop: it was accepted, or refused with a reason. */
export type BareTransaction = (
  connection: Connection,
  index: number,
) => Promise<"accepted" | { readonly refused: string }>;

export interface BarePool {
  /** The number of connections, and of transactions at a time. */
  readonly size: number;
  /** Runs transactions 0 to `total` - 1, one at a time on each connection. */
  run(total: number, transaction: BareTransaction): Promise<LoadResult>;
  /** Runs the work on one connection, outside of a transaction. */
  prepare<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the connections of V0, with the isolation level of the product's sessions. */
export async function openBarePool(mysqlUrl: string, count: number): Promise<BarePool> {
  const connections = await Promise.all(
    Array.from({ length: count }, () => createConnection({ uri: mysqlUrl })),
  );
  const [first] = connections;
  if (first === undefined) throw new RangeError("V0 has at least one connection");
  for (const connection of connections) {
    await connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }
  return {
    size: count,
    async run(total, transaction) {
      const tally = new Tally();
      let next = 0;
      const startedMs = performance.now();
      const loop = async (connection: Connection): Promise<void> => {
        while (next < total) {
          const index = next;
          next += 1;
          await runOne(tally, connection, () => transaction(connection, index));
        }
      };
      await Promise.all(connections.map(loop));
      return tally.result(performance.now() - startedMs);
    },
    prepare: (work) => work(first),
    async close() {
      await Promise.all(connections.map((connection) => connection.end()));
    },
  };
}

async function runOne(
  tally: Tally,
  connection: Connection,
  transaction: () => ReturnType<BareTransaction>,
): Promise<void> {
  const startedMs = performance.now();
  try {
    await connection.query("BEGIN");
    const outcome = await transaction();
    await connection.query(outcome === "accepted" ? "COMMIT" : "ROLLBACK");
    const tookMs = performance.now() - startedMs;
    if (outcome === "accepted") tally.accepted(tookMs);
    else tally.refused(outcome.refused, tookMs);
  } catch (error) {
    tally.failed(error instanceof Error ? error.message : String(error));
    await connection.query("ROLLBACK");
  }
}
