import type { LoadResult } from "../benchReport.ts";
import { Connection } from "./connection.ts";
import type { Target } from "./loadPlan.ts";

/** A load whose connections are open. */
export interface OpenLoad {
  /** Sends the requests. Resolves after the last answer, or after `stop`. */
  run(): Promise<LoadResult>;
  /** Ends the load early. */
  stop(): void;
}

/** Opens connections, distributed evenly over the targets. */
export async function connectionsTo(
  targets: readonly Target[],
  count: number,
): Promise<Connection[]> {
  const connections = Array.from({ length: count }, (_, index) => {
    const target = targets[index % targets.length];
    if (target === undefined) throw new RangeError("A load has at least one target");
    return new Connection(target);
  });
  await Promise.all(connections.map((connection) => connection.open()));
  return connections;
}
