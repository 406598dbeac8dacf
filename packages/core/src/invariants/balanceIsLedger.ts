import { isAdjustment, signOf } from "../shared/entryKinds.ts";
import type { AccountFacts, Checker } from "./checker.ts";
import { violationLog } from "./violations.ts";

/** I3: the balance equals the sum of the ledger entries, at every entry. */
export const LEDGER_RULES = {
  sum: "the balance is not the sum of the entries",
  belowZero: "the balance was below zero",
  chain: "the entries do not follow from each other, version by version",
  accountVersion: "the account's version is not the number of its entries",
  noAccount: "the entry has no account",
  noAudit: "an adjustment has no audit record of an operator, or another entry has one",
} as const;

/** Checks I3. */
export function checkBalanceIsLedger(): Checker {
  const log = violationLog(LEDGER_RULES);
  let rowsRead = 0;

  /** @returns the sum of the entries */
  function checkEntries({ userId, account, entries }: AccountFacts): number {
    let sum = 0;
    let balanceBefore = 0;
    let expectedVersion = 0;
    for (const entry of entries) {
      const { id: entryId, kind, amount, accountVersion, balanceAfter, adjustAudit } = entry;
      const change = signOf(kind) * amount;
      sum += change;
      expectedVersion += 1;
      if (accountVersion !== expectedVersion || balanceAfter !== balanceBefore + change) {
        log.add("chain", { userId, entryId, accountVersion, balanceAfter });
      }
      if (balanceAfter < 0) log.add("belowZero", { userId, balance: balanceAfter, entryId });
      if (!account) log.add("noAccount", { entryId, userId });
      if (isAdjustment(kind) !== (adjustAudit !== null)) {
        log.add("noAudit", { entryId, kind, userId, adjustAudit });
      }
      balanceBefore = balanceAfter;
    }
    return sum;
  }

  return {
    takeAccount(facts) {
      const { userId, account, entries } = facts;
      rowsRead += entries.length;
      const entriesSum = checkEntries(facts);
      if (!account) return;
      rowsRead += 1;
      const { balance, version } = account;
      if (balance !== entriesSum) log.add("sum", { userId, balance, entriesSum });
      if (balance < 0) log.add("belowZero", { userId, balance, entryId: null });
      const entryCount = entries.length;
      if (version !== entryCount) log.add("accountVersion", { userId, version, entryCount });
    },
    result: () => log.result(rowsRead),
  };
}
