import type { LedgerEntryKind } from "../shared/entryKinds.ts";
import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface NewLedgerEntry {
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  /** Always positive. The kind of the entry decides whether the balance increases or decreases. */
  readonly amount: Points;
  /**
   * A key that is unique over all entries, so that no entry is posted twice:
   * "spend:reservation:17".
   */
  readonly entryKey: string;
  readonly reservationId?: number | undefined;
  /** The audit record of an operator's adjustment; undefined for other kinds. */
  readonly adjustAudit?: number | undefined;
}

export interface LedgerEntry {
  readonly id: number;
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  readonly amount: Points;
  readonly balanceAfter: Points;
  /** The account's version after this entry: 1, 2, 3, … without a gap. */
  readonly accountVersion: number;
  /** The key of `NewLedgerEntry`. */
  readonly entryKey: string;
  readonly reservationId: number | undefined;
  /** The audit record of an operator's adjustment. */
  readonly adjustAudit: number | undefined;
  readonly createdAt: Date;
}

/** A point account. */
export interface PointAccount {
  readonly balance: Points;
  /** The number of its entries. */
  readonly version: number;
}

export interface PostedEntry {
  readonly balanceAfter: Points;
  readonly accountVersion: number;
}

/** Point accounts and their append-only ledger. */
export interface LedgerStore {
  /**
   * Changes the balance with one conditional statement and appends the entry.
   * @returns `undefined` when the balance would be below zero or above `POINTS_MAX`. Nothing is
   *   changed in this case
   */
  post(tx: Tx, entry: NewLedgerEntry): Promise<PostedEntry | undefined>;
  /**
   * Sets a balance that contradicts the ledger, if balance and version are still these. Appends no
   * entry.
   * @returns false when the account has changed: nothing was changed
   */
  restoreBalance(
    tx: Tx,
    userId: number,
    change: { readonly from: Points; readonly to: Points; readonly version: number },
  ): Promise<boolean>;
  /** Returns the balance. The balance of a user without an account is zero. */
  balanceOf(tx: TxOrNone, userId: number): Promise<Points>;
  /** Returns the account; undefined for a user without one. */
  findAccount(tx: TxOrNone, userId: number): Promise<PointAccount | undefined>;
  /** Returns the entry with this key. */
  findEntry(tx: TxOrNone, entryKey: string): Promise<LedgerEntry | undefined>;
  /** Returns entries of the user, newest first. With `beforeId`, only entries with a lower id. */
  entriesOf(
    tx: TxOrNone,
    userId: number,
    page: { beforeId?: number | undefined; limit: number },
  ): Promise<readonly LedgerEntry[]>;
}
