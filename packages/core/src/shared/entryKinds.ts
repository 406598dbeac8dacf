/**
 * Every kind of ledger entry, in the order of the schema's ENUM. ADJUST_CREDIT and ADJUST_DEBIT: an
 * operator corrected the balance, up or down.
 */
export const ENTRY_KINDS = ["CHARGE", "SPEND", "REFUND", "ADJUST_CREDIT", "ADJUST_DEBIT"] as const;

export type LedgerEntryKind = (typeof ENTRY_KINDS)[number];

const SIGNS: Readonly<Record<LedgerEntryKind, 1 | -1>> = {
  CHARGE: 1,
  SPEND: -1,
  REFUND: 1,
  ADJUST_CREDIT: 1,
  ADJUST_DEBIT: -1,
};

/** Whether an entry of this kind adds its amount to the balance or subtracts it. */
export function signOf(kind: LedgerEntryKind): 1 | -1 {
  return SIGNS[kind];
}

/** Whether an operator made the entry. */
export function isAdjustment(kind: LedgerEntryKind): boolean {
  return kind === "ADJUST_CREDIT" || kind === "ADJUST_DEBIT";
}

/** The operation that adjusts points. I3 accepts an adjustment with its audit record only. */
export const ADJUST_OPERATION = "point.adjust";
