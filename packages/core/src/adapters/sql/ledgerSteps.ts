import type { NewLedgerEntry, PostedEntry } from "../../ports/ledgerStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { signOf } from "../../shared/entryKinds.ts";
import { POINTS_MAX } from "../../shared/points.ts";
import type { Database } from "./database.ts";
import { requireAll, requireOneOfEach } from "./group/jointly.ts";
import { ALONE, type Step } from "./group/step.ts";
import {
  ACCOUNT,
  ACCOUNTS,
  type Account,
  ADD,
  FOLLOW_ENTRIES,
  FREE_ACCOUNTS,
  INSERT_ENTRIES,
  NEW_ACCOUNTS,
  OPEN,
  SUBTRACT,
} from "./ledgerStatements.ts";

export async function readBalance(db: Database, tx: TxOrNone, userId: number): Promise<number> {
  const [account] = await db.select(tx, ACCOUNT, { userId });
  return account?.balance ?? 0;
}

export const balanceStep = (db: Database): Step<number, number> => ({
  name: "ledger.balanceOf",
  one: (tx, userId) => readBalance(db, tx, userId),
  async many(tx, userIds) {
    const accounts = byUser(await db.select(tx, ACCOUNTS, { userIds }));
    return userIds.map((userId) => accounts.get(userId)?.balance ?? 0);
  },
  wrote: () => false,
});

/** Posts entries. The result is undefined for one that the account's balance does not allow. */
export const postEntry = (db: Database): Step<NewLedgerEntry, PostedEntry | undefined> => ({
  name: "ledger.post",
  one: (tx, entry) => postOne(db, tx, entry),
  many: (tx, entries) => postAll(db, tx, entries),
  wrote: (posted) => posted !== undefined,
});

async function postOne(
  db: Database,
  tx: Tx,
  entry: NewLedgerEntry,
): Promise<PostedEntry | undefined> {
  const { userId, amount } = entry;
  const subtracts = signOf(entry.kind) < 0;
  const values = subtracts ? { userId, amount } : { userId, amount, max: POINTS_MAX };
  const statement = subtracts ? SUBTRACT : ADD;
  let moved = await db.change(tx, statement, values);
  if (moved === 0 && !subtracts) {
    await db.change(tx, OPEN, { rows: [[userId, 0, 0]] });
    moved = await db.change(tx, statement, values);
  }
  if (moved === 0) return undefined;
  const [account = { balance: 0, version: 0 }] = await db.select(tx, ACCOUNT, { userId });
  const posted = { balanceAfter: account.balance, accountVersion: account.version };
  await db.change(tx, INSERT_ENTRIES, { rows: [entryRow(entry, posted)] });
  return posted;
}

async function postAll(
  db: Database,
  tx: Tx,
  entries: readonly NewLedgerEntry[],
): Promise<readonly (PostedEntry | undefined | typeof ALONE)[]> {
  const userIds = entries.map(({ userId }) => userId).sort((a, b) => a - b);
  requireOneOfEach(userIds);
  const accounts = await lockAccounts(db, tx, userIds);
  const posted = entries.map((entry) =>
    accounts.has(entry.userId) ? nextOf(accounts.get(entry.userId), entry) : ALONE,
  );
  const made = entries.flatMap((entry, at) => {
    const next = posted[at];
    return next === undefined || next === ALONE ? [] : [{ entry, next }];
  });
  if (made.length === 0) return posted;
  const missing = made.map(({ entry }) => entry.userId).filter((id) => !accounts.get(id));
  if (missing.length > 0) {
    const rows = missing.sort((a, b) => a - b).map((userId) => [userId, 0, 0]);
    await db.change(tx, OPEN, { rows });
  }
  const rows = made.map(({ entry, next }) => entryRow(entry, next));
  await db.change(tx, INSERT_ENTRIES, { rows });
  const entryKeys = made.map(({ entry }) => entry.entryKey);
  requireAll(await db.change(tx, FOLLOW_ENTRIES, { entryKeys }), [made.length]);
  return posted;
}

/** @returns the accounts that could be locked; undefined for an account that does not exist */
async function lockAccounts(
  db: Database,
  tx: Tx,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Account | undefined>> {
  const locked = byUser(await db.select(tx, FREE_ACCOUNTS, { userIds }));
  const others = userIds.filter((id) => !locked.has(id));
  if (others.length === 0) return locked;
  const known = byUser(await db.select(tx, ACCOUNTS, { userIds: others }));
  const missing = others.filter((id) => !known.has(id));
  if (missing.length === 0) return locked;
  const opened = byUser(await db.select(tx, NEW_ACCOUNTS, { userIds: missing }));
  return new Map([...locked, ...missing.map((id) => [id, opened.get(id)] as const)]);
}

const byUser = (accounts: readonly Account[]): Map<number, Account> =>
  new Map(accounts.map((account) => [account.userId, account]));

/** @returns undefined when the balance would be below zero or above `POINTS_MAX` */
function nextOf(
  account: Account | undefined,
  { kind, amount }: NewLedgerEntry,
): PostedEntry | undefined {
  const balanceAfter = (account?.balance ?? 0) + signOf(kind) * amount;
  if (balanceAfter < 0 || balanceAfter > POINTS_MAX) return undefined;
  return { balanceAfter, accountVersion: (account?.version ?? 0) + 1 };
}

function entryRow(entry: NewLedgerEntry, { balanceAfter, accountVersion }: PostedEntry) {
  const { userId, kind, amount, entryKey, reservationId = null, adjustAudit = null } = entry;
  return [
    ...[userId, kind, amount, balanceAfter, accountVersion],
    ...[entryKey, reservationId, adjustAudit],
  ];
}
