import type { EvidenceStore } from "@onsale/core";
import type { EvidenceRows } from "./evidenceRows.ts";

/** A database into which a history can be put, whatever its constraints would say. */
export interface EvidenceBench {
  readonly evidence: EvidenceStore;
  /** The database's clock, microseconds since the epoch, in whole milliseconds. */
  nowUs(): Promise<number>;
  /** From now on the tables hold these rows and nothing else. */
  plant(rows: EvidenceRows): Promise<void>;
}
