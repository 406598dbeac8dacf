import { expect } from "chai";
import type { ServerTransaction } from "../../../src/adapters/memory/database/serverTransaction.ts";
import { type Bank, kindOf, openBank, standOf } from "./engineRig.ts";

describe("a table of the in-memory database", () => {
  let bank: Bank;
  beforeEach(async () => {
    bank = openBank();
    await bank.open("ada", "bob");
  });

  /** Ids of the rows that the index lists under the value, whatever transaction reads them. */
  const listed = (index: string, value: string): number[] =>
    [...bank.accounts.by(index, value)].map((row) => Number(row.key)).sort((a, b) => a - b);
  const found = (by: ServerTransaction, branch: string): Promise<number[]> =>
    bank.database.run(by, (s) => s.where(bank.accounts, "branch", branch).map(({ id }) => id));
  const counted = (by: ServerTransaction, branch: string): Promise<number> =>
    bank.database.run(by, (s) => s.count(bank.accounts, "branch", branch));
  const move = (by: ServerTransaction, id: number, branch: string): Promise<number> =>
    bank.database.run(by, (s) =>
      s.update(
        bank.accounts,
        bank.accounts.of([id]),
        () => true,
        (row) => ({ ...row, branch }),
      ),
    );

  it("finds a row by its old and its new value until the change is decided", async () => {
    const [mover, reader] = [bank.begin(), bank.begin()];
    await move(mover, 1, "c");
    expect(listed("branch", "b")).to.deep.equal([1, 2]);
    expect(listed("branch", "c")).to.deep.equal([1]);
    expect(await found(mover, "b")).to.deep.equal([2]);
    expect(await found(mover, "c")).to.deep.equal([1]);
    expect(await found(reader, "b")).to.have.members([1, 2]);
    expect(await found(reader, "c")).to.deep.equal([]);
  });

  it("finds a row only by its new value after the commit", async () => {
    const mover = bank.begin();
    await move(mover, 1, "c");
    mover.commit();
    expect(listed("branch", "b")).to.deep.equal([2]);
    expect(listed("branch", "c")).to.deep.equal([1]);
  });

  it("finds a row only by its old value after the rollback", async () => {
    const mover = bank.begin();
    await move(mover, 1, "c");
    await move(mover, 1, "d");
    mover.rollBack();
    expect(listed("branch", "b")).to.deep.equal([1, 2]);
    expect(listed("branch", "c")).to.deep.equal([]);
    expect(listed("branch", "d")).to.deep.equal([]);
  });

  it("lists a row under its old value after a change to another value and back", async () => {
    const mover = bank.begin();
    await move(mover, 1, "c");
    await move(mover, 1, "b");
    mover.commit();
    expect(listed("branch", "b")).to.deep.equal([1, 2]);
    expect(listed("branch", "c")).to.deep.equal([]);
  });

  it("counts for each reader the rows that this reader sees", async () => {
    const [writer, reader] = [bank.begin(), bank.begin()];
    await move(writer, 1, "c");
    await bank.insert(writer, { id: 7, branch: "c" });
    await bank.insert(writer, { id: 8, branch: "b" });
    await bank.remove(writer, 2);
    expect([await counted(writer, "b"), await counted(writer, "c")]).to.deep.equal([1, 2]);
    expect([await counted(reader, "b"), await counted(reader, "c")]).to.deep.equal([2, 0]);
    writer.commit();
    expect([await counted(reader, "b"), await counted(reader, "c")]).to.deep.equal([1, 2]);
    expect(await counted(reader, "nowhere")).to.equal(0);
  });

  it("accepts a key again that the same transaction has removed", async () => {
    const writer = bank.begin();
    await bank.remove(writer, 1);
    expect(await bank.amountOf(writer, 1)).to.equal(undefined);
    await bank.insert(writer, { id: 1, name: "eve", amount: 3 });
    writer.commit();
    const [first] = await bank.committed();
    expect(first).to.include({ id: 1, name: "eve", amount: 3 });
    expect(listed("accounts_name", "ada")).to.deep.equal([]);
    expect(listed("accounts_name", "eve")).to.deep.equal([1]);
  });

  it("has the earlier row when a delete and an insert are rolled back", async () => {
    const before = await bank.committed();
    const writer = bank.begin();
    await bank.remove(writer, 1);
    await bank.insert(writer, { id: 1, name: "eve" });
    writer.rollBack();
    expect(await bank.committed()).to.deep.equal(before);
    expect(listed("accounts_name", "ada")).to.deep.equal([1]);
    expect(listed("accounts_name", "eve")).to.deep.equal([]);
  });

  it("accepts a key again that another transaction has removed", async () => {
    const remover = bank.begin();
    await bank.remove(remover, 1);
    const writer = bank.begin();
    const inserted = bank.insert(writer, { id: 1, name: "eve" });
    expect(await standOf(inserted)).to.equal("waits");
    remover.commit();
    expect(await inserted).to.equal(true);
    writer.commit();
    expect((await bank.committed())[0]).to.include({ id: 1, name: "eve" });
  });

  it("keeps no entry of an insert that was rolled back", async () => {
    const writer = bank.begin();
    await bank.insert(writer, { id: 7, name: "eve", branch: "c" });
    writer.rollBack();
    expect([...bank.accounts.all()].map((row) => row.key)).to.deep.equal([1, 2]);
    expect(bank.accounts.get(7)).to.equal(undefined);
    expect(listed("branch", "c")).to.deep.equal([]);
    expect(listed("accounts_name", "eve")).to.deep.equal([]);
  });

  it("keeps no entry of a row that was deleted", async () => {
    const remover = bank.begin();
    await bank.remove(remover, 1);
    remover.commit();
    expect([...bank.accounts.all()].map((row) => row.key)).to.deep.equal([2]);
    expect(listed("branch", "b")).to.deep.equal([2]);
  });

  it("keeps no entry of a refused insert after its transaction has ended", async () => {
    const writer = bank.begin();
    expect(await kindOf(bank.insert(writer, { id: 7, name: "ada" }))).to.equal("duplicate");
    expect(await kindOf(bank.insert(writer, { id: 8, amount: -1 }))).to.equal("other");
    writer.commit();
    expect([...bank.accounts.all()].map((row) => row.key)).to.deep.equal([1, 2]);
  });

  it("keeps no index entry of a transaction that failed to get a key", async () => {
    const [first, second, third] = [bank.begin(), bank.begin(), bank.begin()];
    await bank.insert(first, { id: 7 });
    const waits = [second, third].map((by) => kindOf(bank.insert(by, { id: 7 })));
    first.rollBack();
    // Both transactions have a shared lock and request an exclusive lock. As in InnoDB, this
    // deadlock ends one of them.
    expect((await Promise.all(waits)).sort()).to.deep.equal(["none", "restart"]);
    second.rollBack();
    third.rollBack();
    expect(bank.accounts.get(7)).to.equal(undefined);
    expect([...bank.accounts.all()].map((row) => row.key)).to.deep.equal([1, 2]);
  });

  it("returns rows by their keys in the order of the keys, each once", () => {
    expect(bank.accounts.of([2, 9, 1, 2]).map((row) => row.key)).to.deep.equal([1, 2]);
  });

  it("never gives an id twice, even when its row was rolled back", async () => {
    const writer = bank.begin();
    const id = bank.accounts.nextId();
    await bank.insert(writer, { id });
    writer.rollBack();
    expect(bank.accounts.nextId()).to.equal(id + 1);
  });

  it("finds an index by its name, and refuses an unknown name", () => {
    expect(() => bank.accounts.by("color", "red")).to.throw("accounts has no index color");
  });
});
