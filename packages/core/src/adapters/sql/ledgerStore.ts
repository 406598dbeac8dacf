import type { LedgerStore } from "../../ports/ledgerStore.ts";
import type { Database } from "./database.ts";
import { gather } from "./group/step.ts";
import { ACCOUNT, ENTRIES, FIND_ENTRY, RESTORE } from "./ledgerStatements.ts";
import { balanceStep, postEntry, readBalance } from "./ledgerSteps.ts";

/** Stores point accounts and their entries. */
export function sqlLedgerStore(db: Database): LedgerStore {
  const post = postEntry(db);
  const balance = balanceStep(db);
  return {
    post: (tx, entry) => gather(tx, post, entry),
    async restoreBalance(tx, userId, { from, to, version }) {
      return (await db.change(tx, RESTORE, { userId, from, to, version })) > 0;
    },
    balanceOf: (tx, userId) => (tx ? gather(tx, balance, userId) : readBalance(db, tx, userId)),
    findAccount: async (tx, userId) => (await db.select(tx, ACCOUNT, { userId }))[0],
    findEntry: async (tx, entryKey) => (await db.select(tx, FIND_ENTRY, { entryKey }))[0],
    entriesOf: (tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) =>
      db.select(tx, ENTRIES, { userId, beforeId, limit }),
  };
}
