import assert from "node:assert/strict";
import type { CoreContext, LedgerEntryKind, PostedEntry } from "@onsale/core";
import { type Act, committed } from "../transactionRace.ts";
import { newUserId } from "./show.ts";

let keyCount = 0;

/** An entry key that no other entry has. */
export function newEntryKey(): string {
  keyCount += 1;
  return `case:${keyCount}`;
}

/** Posts an entry with a new key. */
export function post(
  kind: LedgerEntryKind,
  userId: number,
  amount: number,
): Act<PostedEntry | undefined> {
  return ({ ledger }, tx) => ledger.post(tx, { userId, kind, amount, entryKey: newEntryKey() });
}

/** Posts a charge that must succeed. */
export function charge(userId: number, amount: number): Act<PostedEntry> {
  return async (core, tx) => {
    const posted = await post("CHARGE", userId, amount)(core, tx);
    assert(posted, "the ledger refused the charge");
    return posted;
  };
}

/** Creates a user with points. */
export async function chargedUser(core: CoreContext, amount: number): Promise<number> {
  const userId = newUserId();
  await committed(core, charge(userId, amount));
  return userId;
}

export async function entryCount(core: CoreContext, userId: number): Promise<number> {
  return (await core.ledger.entriesOf(null, userId, { limit: 1_000 })).length;
}
