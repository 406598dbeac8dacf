import type { Evidence } from "../../../ports/evidenceStore.ts";
import { LEDGER_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { PointAccountRow, PointEntryRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { askRules, type Searches, sumOf } from "./askRules.ts";

interface LedgerView {
  readonly accounts: readonly PointAccountRow[];
  readonly entries: readonly PointEntryRow[];
  /** Each account's in the order of their versions. */
  readonly entriesByUser: ReadonlyMap<number, readonly PointEntryRow[]>;
  hasAccount(userId: number): boolean;
}

/** An entry's effect on the balance. */
const signed = ({ kind, amount }: PointEntryRow): number => (kind === "SPEND" ? -amount : amount);

const SEARCHES: Searches<keyof typeof LEDGER_RULES, LedgerView> = {
  *sum({ accounts, entriesByUser }) {
    for (const { userId, balance } of accounts) {
      const sum = sumOf(entriesByUser.get(userId) ?? [], signed);
      // The driver gives sums as text.
      if (sum !== balance) yield { userId, balance, entriesSum: String(sum) };
    }
  },
  *belowZero({ accounts, entries }) {
    for (const { userId, balance } of accounts) {
      if (balance < 0) yield { userId, balance, entryId: null };
    }
    for (const { id, userId, balanceAfter } of entries) {
      if (balanceAfter < 0) yield { userId, balance: balanceAfter, entryId: id };
    }
  },
  *chain({ entriesByUser }) {
    for (const [userId, entries] of entriesByUser) {
      let expectedVersion = 0;
      let balanceBefore = 0;
      for (const entry of entries) {
        const { id, accountVersion, balanceAfter } = entry;
        expectedVersion += 1;
        const expectedBalance = balanceBefore + signed(entry);
        balanceBefore = balanceAfter;
        if (accountVersion === expectedVersion && balanceAfter === expectedBalance) continue;
        yield { userId, entryId: id, accountVersion, balanceAfter };
      }
    }
  },
  *accountVersion({ accounts, entriesByUser }) {
    for (const { userId, version } of accounts) {
      const entryCount = entriesByUser.get(userId)?.length ?? 0;
      if (entryCount !== version) yield { userId, version, entryCount };
    }
  },
  *noAccount({ entries, hasAccount }) {
    for (const { id, userId } of entries) {
      if (!hasAccount(userId)) yield { entryId: id, userId };
    }
  },
};

const RULES = searchedRules(LEDGER_RULES, SEARCHES);

/** I3. */
export function ledgerEvidence(s: Statement, tables: Tables): Evidence {
  const accounts = s.all(tables.pointAccounts);
  const entries = s.all(tables.pointEntries);
  const inOrder = entries.toSorted((a, b) => a.accountVersion - b.accountVersion || a.id - b.id);
  const view = {
    accounts,
    entries,
    entriesByUser: Map.groupBy(inOrder, ({ userId }) => userId),
    hasAccount: (userId: number) => s.find(tables.pointAccounts, userId) !== undefined,
  };
  return askRules(RULES, view, accounts.length + entries.length);
}
