import {
  type InvariantReport,
  type LedgerEntry,
  type ReconciledAccount,
  signOf,
  type Violation,
} from "@onsale/core";
import { counted } from "../operation/counted.ts";
import { paint } from "../terminal/paint.ts";
import { type Cell, painted, table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { visible } from "../terminal/visible.ts";

/** Ledger entries as a table with the balance after each entry. */
export function ledgerTable(entries: readonly LedgerEntry[]): string {
  return table(
    ["ID", "POSTED", "KIND", "CHANGE", "BALANCE", "REFERENCE"],
    entries.map((entry) => [
      ...[String(entry.id), timeText(entry.createdAt), entry.kind],
      ...[changeCell(entry), String(entry.balanceAfter), referenceOf(entry)],
    ]),
  );
}

function changeCell({ kind, amount }: LedgerEntry): Cell {
  return signOf(kind) > 0 ? painted("green", `+${amount}`) : painted("red", `-${amount}`);
}

/** The thing that an entry belongs to. */
export function referenceOf({ reservationId, adjustAudit }: LedgerEntry): string {
  if (reservationId !== undefined) return `reservation ${reservationId}`;
  return adjustAudit === undefined ? "-" : `audit record ${adjustAudit}`;
}

/** The result of one user's reconciliation. */
export function drawReconciled(reconciled: ReconciledAccount): string {
  const { userId, balance, entriesSum, entryCount, paymentCount, differences } = reconciled;
  return [
    `User ${userId}: balance ${balance}, sum of ${counted(entryCount, "entry")} ${entriesSum}, ` +
      counted(paymentCount, "payment"),
    ...(differences.length === 0 ? [paint("green", "No difference")] : []),
    ...differences.map((one) => differenceLine(one.invariant, one)),
  ].join("\n");
}

/** The result of the reconciliation of all users. */
export function drawReconciledAll({ results }: InvariantReport): string {
  return results
    .flatMap(({ id, title, holds, rowsRead, violationCount, violations }) => [
      `${holds ? paint("green", "✓") : paint("red", "✗")} ${id}  ${title} (${rowsRead} rows)`,
      ...violations.map((violation) => differenceLine(id, violation)),
      ...(violationCount > violations.length
        ? [`  and ${violationCount - violations.length} more`]
        : []),
    ])
    .join("\n");
}

function differenceLine(invariant: string, { message, ids }: Violation): string {
  const named = Object.entries(ids).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return visible(`  ${invariant}: ${message}: ${named.join(", ")}`);
}
