import { expect } from "chai";
import fc from "fast-check";
import { DatabaseFailure } from "../../../src/adapters/memory/database/databaseFailures.ts";
import type { ServerTransaction } from "../../../src/adapters/memory/database/serverTransaction.ts";
import { type Account, type Bank, openBank } from "./engineRig.ts";

/** The ids of the accounts. They are few, so that transactions contend for them. */
const IDS = [1, 2, 3] as const;
const NAMES = ["eve", "fay", "gil"] as const;
const BRANCHES = ["b", "c"] as const;
const OPENED = 10;

const id = fc.constantFrom(...IDS);
const extraId = fc.constantFrom(11, 12, 13);
const stepArbitrary = fc.oneof(
  fc.record({ do: fc.constant("add" as const), id }),
  fc.record({ do: fc.constant("transfer" as const), id, to: id }),
  fc.record({ do: fc.constant("move" as const), id, branch: fc.constantFrom(...BRANCHES) }),
  fc.record({ do: fc.constant("insert" as const), id: extraId, name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant("ignore" as const), id: extraId, name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant("remove" as const), id: extraId }),
  fc.record({ do: fc.constant("lock" as const), wait: fc.constantFrom("wait", "skip", "nowait") }),
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

const planArbitrary = fc.record({
  steps: fc.array(stepArbitrary, { minLength: 1, maxLength: 5 }),
  commits: fc.boolean(),
});
type Plan = typeof planArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Runs one statement. @returns how much it added to the sum of the amounts */
async function take({ database, accounts }: Bank, by: ServerTransaction, step: Step) {
  const change = (rowId: number, to: (row: Account) => Account): Promise<number> =>
    database.run(by, (s) => s.update(accounts, accounts.of([rowId]), () => true, to));
  switch (step.do) {
    case "add":
      return change(step.id, (row) => ({ ...row, amount: row.amount + 1 }));
    case "transfer":
      await database.run(by, (s) =>
        s.update(
          accounts,
          accounts.of([step.id, step.to]),
          () => true,
          (row) => {
            const out = row.id === step.id ? 1 : 0;
            return { ...row, amount: row.amount - out + (row.id === step.to ? 1 : 0) };
          },
        ),
      );
      return 0;
    case "move":
      await change(step.id, (row) => ({ ...row, branch: step.branch }));
      return 0;
    case "insert":
    case "ignore": {
      const row = { id: step.id, name: step.name, branch: "b", amount: 0 };
      const onDuplicate = step.do === "insert" ? "fail" : "ignore";
      await database.run(by, (s) => s.insert(accounts, row, onDuplicate));
      return 0;
    }
    case "remove":
      await database.run(by, (s) => s.remove(accounts.of([step.id]), () => true));
      return 0;
    case "lock": {
      const { wait } = step;
      await database.run(by, (s) => s.lock(accounts.by("branch", "b"), () => true, { wait }));
      return 0;
    }
  }
}

/** Runs a transaction to its end. @returns how much it added to the committed sum */
async function play(bank: Bank, plan: Plan, pause: () => Promise<void>): Promise<number> {
  const by = bank.begin();
  let added = 0;
  for (const step of plan.steps) {
    await pause();
    try {
      added += await take(bank, by, step);
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      if (!by.isOpen) return 0;
    }
  }
  await pause();
  if (plan.commits) by.commit();
  else by.rollBack();
  return plan.commits ? added : 0;
}

async function expectSound({ database, accounts }: Bank): Promise<void> {
  const rows = await database.autocommit((s) => s.all(accounts));
  expect(rows.length, "places without a row").to.equal([...accounts.all()].length);
  expect(new Set(rows.map(({ name }) => name)).size, "names").to.equal(rows.length);
  for (const branch of BRANCHES) {
    const scanned = rows.filter((row) => row.branch === branch);
    const found = await database.autocommit((s) => ({
      rows: s.where(accounts, "branch", branch),
      count: s.count(accounts, "branch", branch),
    }));
    expect(found.rows, "the index").to.have.members(scanned);
    expect(found.count, "the count").to.equal(scanned.length);
    expect([...accounts.by("branch", branch)].length, "what is listed").to.equal(scanned.length);
  }
  // No transaction holds a lock.
  await database.autocommit((s) => s.lock(accounts.all(), () => true, { wait: "nowait" }));
}

describe("in-memory database with many parallel transactions", () => {
  it("has the same rows as after the transactions one after the other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(planArbitrary, { minLength: 2, maxLength: 6 }),
        async (scheduler, plans) => {
          const bank = openBank();
          await bank.open("ada", "bob", "cyd");
          const pause = (): Promise<void> => scheduler.schedule(Promise.resolve());
          const all = Promise.all(plans.map((plan) => play(bank, plan, pause)));
          const added = (await scheduler.waitFor(all)).reduce((sum, one) => sum + one, 0);
          const amounts = (await bank.committed()).map(({ amount }) => amount);
          const total = amounts.reduce((sum, one) => sum + one, 0);
          expect(total).to.equal(IDS.length * OPENED + added);
          await expectSound(bank);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows a reader only whole committed transactions", async () => {
    const transfers = fc.array(fc.tuple(id, id), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(transfers, { minLength: 2, maxLength: 5 }),
        async (scheduler, parties) => {
          const bank = openBank();
          await bank.open("ada", "bob", "cyd");
          const pause = (): Promise<void> => scheduler.schedule(Promise.resolve());
          const pay = async (pairs: readonly (readonly [number, number])[]): Promise<void> => {
            const by = bank.begin();
            try {
              for (const [from, to] of pairs) {
                await pause();
                await bank.add(by, from, -1);
                await pause();
                await bank.add(by, to, 1);
              }
              await pause();
              by.commit();
            } catch (error) {
              if (!(error instanceof DatabaseFailure)) throw error;
              by.rollBack();
            }
          };
          const read = async (): Promise<void> => {
            for (let times = 0; times < 10; times += 1) {
              await pause();
              const amounts = (await bank.committed()).map(({ amount }) => amount);
              expect(amounts.reduce((sum, one) => sum + one, 0)).to.equal(IDS.length * OPENED);
            }
          };
          await scheduler.waitFor(Promise.all([...parties.map(pay), read()]));
        },
      ),
      { numRuns: 100 },
    );
  });
});
