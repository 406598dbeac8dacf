import type { LoadResult } from "../benchReport.ts";

/** The outcomes of requests that were not accepted, by reason. */
export interface NotAccepted {
  readonly refused: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly failedBy: Readonly<Record<string, number>>;
}

/**
 * Sums up the results. A 503 is a refusal here: the contract says that an overloaded process
 * answers with it, and without the cache this study overloads MySQL.
 */
export function notAccepted(results: readonly LoadResult[]): NotAccepted {
  const refusedBy: Record<string, number> = {};
  const failedBy: Record<string, number> = {};
  for (const result of results) {
    const all = [...Object.entries(result.refusedBy), ...Object.entries(result.failedBy)];
    for (const [reason, count] of all) {
      const isRefusal = reason in result.refusedBy || reason.startsWith("503 ");
      const counts = isRefusal ? refusedBy : failedBy;
      counts[reason] = (counts[reason] ?? 0) + count;
    }
  }
  const sum = (counts: Record<string, number>): number =>
    Object.values(counts).reduce((all, one) => all + one, 0);
  return { refused: sum(refusedBy), refusedBy, failed: sum(failedBy), failedBy };
}
