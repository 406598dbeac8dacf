import type { CoreContext } from "@onsale/core";
import type { HistoryRows } from "./historyRows.ts";

/** A database into which any history can be put, also one that its constraints would refuse. */
export interface InvariantFixture {
  readonly core: Pick<CoreContext, "config" | "invariantReader">;
  /** The database's clock, microseconds since the epoch, in whole milliseconds. */
  nowUs(): Promise<number>;
  /** From now on the tables hold these rows and nothing else. */
  plant(rows: HistoryRows): Promise<void>;
}
