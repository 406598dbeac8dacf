import type { LedgerEntry } from "@onsale/core";
import type { z } from "zod";
import type { pointHistoryAnswer } from "./schema.ts";

/** Presents an entry of the ledger. */
export function presentEntry(
  entry: LedgerEntry,
): z.input<typeof pointHistoryAnswer>["entries"][number] {
  return {
    entryId: entry.id,
    kind: entry.kind,
    amount: entry.amount,
    balanceAfter: entry.balanceAfter,
    reservationId: entry.reservationId ?? null,
    createdAt: entry.createdAt.toISOString(),
  };
}
