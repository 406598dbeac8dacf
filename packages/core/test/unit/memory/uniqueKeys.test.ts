import { expect } from "chai";
import type { OnDuplicate } from "../../../src/adapters/memory/database/requireValid.ts";
import type { ServerTransaction } from "../../../src/adapters/memory/database/serverTransaction.ts";
import { type Bank, kindOf, openBank, standOf } from "./engineRig.ts";

/** The two keys of an account. */
const KEYS = [
  { key: "the primary key", row: { id: 7, name: "other" } },
  { key: "a unique key", row: { id: 8, name: "eve" } },
] as const;

describe("a unique key of the in-memory database", () => {
  let bank: Bank;
  beforeEach(async () => {
    bank = openBank();
    await bank.open("ada", "bob");
  });

  const insertAs = (
    by: ServerTransaction,
    row: { id: number; name: string },
    onDuplicate: OnDuplicate,
  ): Promise<boolean> =>
    bank.database.run(by, (s) =>
      s.insert(bank.accounts, { ...row, branch: "c", amount: 1 }, onDuplicate),
    );
  const rename = (by: ServerTransaction, id: number, name: string): Promise<number> =>
    bank.database.run(by, (s) =>
      s.update(
        bank.accounts,
        bank.accounts.of([id]),
        () => true,
        (row) => ({ ...row, name }),
      ),
    );
  const lockNow = (id: number) =>
    kindOf(
      bank.database.run(bank.begin(), (s) =>
        s.lock(bank.accounts.of([id]), () => true, { wait: "nowait" }),
      ),
    );

  for (const { key, row } of KEYS) {
    describe(key, () => {
      let first: ServerTransaction;
      beforeEach(async () => {
        first = bank.begin();
        await bank.insert(first, { id: 7, name: "eve" });
      });

      it("makes an insert wait for its uncommitted owner, and refuses it on COMMIT", async () => {
        const second = kindOf(bank.insert(bank.begin(), row));
        expect(await standOf(second)).to.equal("waits");
        first.commit();
        expect(await second).to.equal("duplicate");
        expect(await bank.committed()).to.have.length(3);
      });

      it("makes an insert wait for its uncommitted owner, and allows it on rollback", async () => {
        const by = bank.begin();
        const second = bank.insert(by, row);
        expect(await standOf(second)).to.equal("waits");
        first.rollBack();
        expect(await second).to.equal(true);
        by.commit();
        expect((await bank.committed()).at(-1)).to.include(row);
      });

      it("lets INSERT IGNORE skip the row and insert the other rows", async () => {
        first.commit();
        const by = bank.begin();
        expect(await insertAs(by, row, "ignore")).to.equal(false);
        expect(await insertAs(by, { id: 20, name: "zoe" }, "ignore")).to.equal(true);
        by.commit();
        expect((await bank.committed()).map(({ id }) => id)).to.deep.equal([1, 2, 7, 20]);
      });

      it("locks the existing row with this key when the insert requests it", async () => {
        first.commit();
        const by = bank.begin();
        expect(await insertAs(by, row, "lock")).to.equal(false);
        expect(await standOf(bank.add(bank.begin(), 7, 1))).to.equal("waits");
        by.commit();
      });

      it("refuses a second insert by the transaction that has inserted the key", async () => {
        expect(await kindOf(bank.insert(first, row))).to.equal("duplicate");
        expect(await insertAs(first, row, "ignore")).to.equal(false);
        first.commit();
        expect(await bank.committed()).to.have.length(3);
      });

      it("is free again for the transaction that removed its row", async () => {
        await bank.remove(first, 7);
        expect(await bank.insert(first, row)).to.equal(true);
        first.commit();
        expect((await bank.committed()).at(-1)).to.include(row);
      });
    });
  }

  it("is inserted by one of two transactions at the same time", async () => {
    const parties = [7, 8].map((id) => ({ id, by: bank.begin() }));
    const inserts = parties.map(({ id, by }) => kindOf(bank.insert(by, { id, name: "eve" })));
    expect(await inserts[0]).to.equal("none");
    expect(await standOf(inserts[1] ?? Promise.resolve())).to.equal("waits");
    parties[0]?.by.commit();
    expect(await inserts[1]).to.equal("duplicate");
  });

  it("is checked again after a wait for another key", async () => {
    const [owner, slow, quick] = [bank.begin(), bank.begin(), bank.begin()];
    await bank.insert(owner, { id: 7, name: "own" });
    // This insert waits for the primary key. After the wait it must check the name again.
    const late = kindOf(bank.insert(slow, { id: 7, name: "eve" }));
    await bank.insert(quick, { id: 8, name: "eve" });
    quick.commit();
    owner.rollBack();
    expect(await late).to.equal("duplicate");
  });

  it("makes an update wait like an insert", async () => {
    const [first, second] = [bank.begin(), bank.begin()];
    await rename(first, 1, "eve");
    const renamed = kindOf(rename(second, 2, "eve"));
    expect(await standOf(renamed)).to.equal("waits");
    first.commit();
    expect(await renamed).to.equal("duplicate");
    expect(await bank.amountOf(second, 2), "the transaction goes on").to.equal(10);
  });

  it("makes an insert wait while its row changes to another key", async () => {
    const [first, second] = [bank.begin(), bank.begin()];
    await rename(first, 1, "eve");
    const renamed = rename(second, 2, "ada");
    expect(await standOf(renamed)).to.equal("waits");
    first.commit();
    expect(await renamed).to.equal(1);
  });

  it("refuses immediately when its row only changes in another column", async () => {
    const first = bank.begin();
    await bank.add(first, 1, 1);
    expect(await kindOf(bank.insert(bank.begin(), { id: 7, name: "ada" }))).to.equal("duplicate");
  });

  it("allows a change that keeps its value", async () => {
    const by = bank.begin();
    expect(await rename(by, 1, "ada")).to.equal(1);
    expect(await bank.add(by, 1, 1)).to.equal(1);
  });

  it("leaves its row locked (shared) after a refusal by the primary key", async () => {
    const by = bank.begin();
    await kindOf(bank.insert(by, { id: 1, name: "eve" }));
    expect(await lockNow(1)).to.equal("locked");
    by.commit();
    expect(await lockNow(1)).to.equal("none");
  });
});

describe("a foreign key of the in-memory database", () => {
  let bank: Bank;
  beforeEach(async () => {
    bank = openBank();
    await bank.open("ada");
  });
  const issue = (by: ServerTransaction, accountId: number): Promise<boolean> =>
    bank.database.run(by, (s) => s.insert(bank.cards, { id: bank.cards.nextId(), accountId }));

  it("refuses a row whose parent row is missing", async () => {
    expect(await kindOf(issue(bank.begin(), 99))).to.equal("other");
    expect(await issue(bank.begin(), 1)).to.equal(true);
  });

  it("accepts a parent row that the same transaction has inserted", async () => {
    const by = bank.begin();
    await bank.insert(by, { id: 7 });
    expect(await issue(by, 7)).to.equal(true);
  });

  it("makes an insert wait while its parent row is uncommitted", async () => {
    const [first, second] = [bank.begin(), bank.begin()];
    await bank.insert(first, { id: 7 });
    await bank.insert(second, { id: 8 });
    const issued = [kindOf(issue(bank.begin(), 7)), kindOf(issue(bank.begin(), 8))];
    for (const one of issued) expect(await standOf(one)).to.equal("waits");
    first.commit();
    second.rollBack();
    expect(await Promise.all(issued)).to.deep.equal(["none", "other"]);
  });

  it("prevents changes of a row's parent row until the transaction ends", async () => {
    const by = bank.begin();
    await issue(by, 1);
    await issue(bank.begin(), 1);
    const changed = bank.add(bank.begin(), 1, 1);
    expect(await standOf(changed)).to.equal("waits");
  });
});
