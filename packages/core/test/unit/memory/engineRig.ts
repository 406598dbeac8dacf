import { bigInt, text } from "../../../src/adapters/memory/database/columns.ts";
import {
  createMemoryDatabase,
  type MemoryDatabase,
} from "../../../src/adapters/memory/database/memoryDatabase.ts";
import type { Served } from "../../../src/adapters/memory/database/served.ts";
import type { ServerTransaction } from "../../../src/adapters/memory/database/serverTransaction.ts";
import type { Statement } from "../../../src/adapters/memory/database/statement.ts";
import { type KeyReader, Table } from "../../../src/adapters/memory/database/table.ts";
import { type FakeClock, fakeClock, settlePromises } from "../../support/fakeClock.ts";

export interface Account {
  readonly id: number;
  /** Unique. */
  readonly name: string;
  readonly branch: string;
  /** Never below zero. */
  readonly amount: number;
}

/** Belongs to an account. */
export interface Card {
  readonly id: number;
  readonly accountId: number;
}

/** A database whose statements always answer by promise, so that a test can see them wait. */
type PromisingDatabase = Pick<MemoryDatabase, "begin" | "refuseWrites" | "failOver"> & {
  run<T>(by: ServerTransaction, statement: (s: Statement) => Served<T>): Promise<T>;
  autocommit<T>(statement: (s: Statement) => Served<T>): Promise<T>;
};

export interface Bank {
  readonly clock: FakeClock;
  readonly database: PromisingDatabase;
  readonly accounts: Table<Account>;
  readonly cards: Table<Card>;
  /** Commits the accounts, each with an amount of 10, in branch "b". */
  open(...names: string[]): Promise<void>;
  begin(): ServerTransaction;
  /** The committed rows, by id. */
  committed(): Promise<Account[]>;
  /** Adds to an account's amount by one statement. @returns the number of changed rows */
  add(by: ServerTransaction, id: number, amount: number): Promise<number>;
  insert(by: ServerTransaction, row: Partial<Account> & { id: number }): Promise<boolean>;
  remove(by: ServerTransaction, id: number): Promise<number>;
  /** The amount as the transaction sees it. */
  amountOf(by: ServerTransaction, id: number): Promise<number | undefined>;
}

function byColumn(column: "name" | "branch"): KeyReader<Account> {
  return {
    of: (row) => row[column],
    hasSameColumns: (a, b) => a[column] === b[column],
  };
}

/** A database with small tables, so that a test of the engine needs no schema. */
export function openBank(lockWaitMs = 2_000): Bank {
  const clock = fakeClock();
  const { run, autocommit, ...rest } = createMemoryDatabase({ clock, lockWaitMs });
  const database: PromisingDatabase = {
    ...rest,
    run: async (by, statement) => run(by, statement),
    autocommit: async (statement) => autocommit(statement),
  };
  const accounts = new Table<Account>({
    name: "accounts",
    key: (row) => row.id,
    unique: { accounts_name: byColumn("name") },
    indexes: { branch: byColumn("branch") },
    checks: { accounts_amount: (row) => row.amount >= 0 },
    columns: { id: bigInt, name: text(10), branch: text(10), amount: bigInt },
  });
  const cards = new Table<Card>({
    name: "cards",
    key: (row) => row.id,
    columns: { id: bigInt, accountId: bigInt },
    references: { cards_account_fk: (row) => accounts.get(row.accountId) },
  });
  const bank: Bank = {
    clock,
    database,
    accounts,
    cards,
    async open(...names) {
      for (const name of names) {
        const row = { id: accounts.nextId(), name, branch: "b", amount: 10 };
        await database.autocommit((s) => s.insert(accounts, row));
      }
    },
    begin: () => database.begin(),
    committed: () => database.autocommit((s) => s.all(accounts).sort((a, b) => a.id - b.id)),
    add: (by, id, amount) =>
      database.run(by, (s) =>
        s.update(
          accounts,
          accounts.of([id]),
          () => true,
          (row) => ({ ...row, amount: row.amount + amount }),
        ),
      ),
    insert: (by, row) =>
      database.run(by, (s) =>
        s.insert(accounts, { name: `n${row.id}`, branch: "b", amount: 10, ...row }),
      ),
    remove: (by, id) => database.run(by, (s) => s.remove(accounts.of([id]), () => true)),
    amountOf: (by, id) => database.run(by, (s) => s.find(accounts, id)?.amount),
  };
  return bank;
}

/** The state of a promise after all promises that need no time have settled. */
export async function standOf(promise: Promise<unknown>): Promise<"waits" | "done" | "failed"> {
  let stand: "waits" | "done" | "failed" = "waits";
  promise.then(
    () => {
      stand = "done";
    },
    () => {
      stand = "failed";
    },
  );
  await settlePromises();
  return stand;
}

/** The kind of failure with which the promise rejects. */
export async function kindOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && "kind" in error ? error.kind : error;
  }
  return "none";
}
