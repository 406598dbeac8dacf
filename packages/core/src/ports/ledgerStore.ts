import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export type LedgerEntryKind = "CHARGE" | "SPEND" | "REFUND";

export interface NewLedgerEntry {
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  /** Always positive; the kind says in which direction. */
  readonly amount: Points;
  /** Unique over all entries, so that nothing is booked twice: "spend:reservation:17". */
  readonly entryKey: string;
  readonly reservationId?: number | undefined;
}

export interface LedgerEntry {
  readonly id: number;
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  readonly amount: Points;
  readonly balanceAfter: Points;
  /** The account's version after this entry: 1, 2, 3, … without a gap. */
  readonly accountVersion: number;
  readonly reservationId: number | undefined;
  readonly createdAt: Date;
}

export interface PostedEntry {
  readonly balanceAfter: Points;
  readonly accountVersion: number;
}

/** Point accounts and their append-only ledger. */
export interface LedgerStore {
  /**
   * Moves the balance by one conditional statement and appends the entry.
   * @returns `undefined`, and changes nothing, when the balance would be below zero or above
   *   `POINTS_MAX`
   */
  post(tx: Tx, entry: NewLedgerEntry): Promise<PostedEntry | undefined>;
  /** Zero for a user who never charged. */
  balanceOf(tx: TxOrNone, userId: number): Promise<Points>;
  /** Newest first, before `beforeId` when given. */
  entriesOf(
    tx: TxOrNone,
    userId: number,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly LedgerEntry[]>;
}
