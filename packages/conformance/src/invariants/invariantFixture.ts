import type { CoreContext } from "@onsale/core";
import type { HistoryRows } from "./historyRows.ts";

/** A database that accepts any history, even one that the constraints would refuse. */
export interface InvariantFixture {
  readonly core: Pick<CoreContext, "config" | "invariantReader">;
  /**
   * Returns the time of the database's clock, microseconds since the epoch, in whole milliseconds.
   */
  nowUs(): Promise<number>;
  /** Replaces the rows of all tables. */
  plant(rows: HistoryRows): Promise<void>;
}
