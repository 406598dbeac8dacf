import { expect } from "chai";
import { type Bank, kindOf, openBank, standOf } from "./engineRig.ts";

describe("a statement of the in-memory database", () => {
  let bank: Bank;
  beforeEach(async () => {
    bank = openBank();
    await bank.open("ada", "bob", "cyd");
  });

  describe("that reads", () => {
    it("sees its own transaction's changes and what other transactions committed", async () => {
      const [writer, reader] = [bank.begin(), bank.begin()];
      await bank.add(writer, 1, 5);
      expect(await bank.amountOf(writer, 1)).to.equal(15);
      expect(await bank.amountOf(reader, 1)).to.equal(10);
      writer.commit();
      expect(await bank.amountOf(reader, 1)).to.equal(15);
    });

    it("never waits, whatever other transactions do to the row", async () => {
      const [writer, reader] = [bank.begin(), bank.begin()];
      await bank.remove(writer, 1);
      expect(await bank.amountOf(writer, 1)).to.equal(undefined);
      expect(await bank.amountOf(reader, 1)).to.equal(10);
      await bank.insert(writer, { id: 9 });
      expect(await bank.amountOf(reader, 9)).to.equal(undefined);
    });

    it("sees the same time while it runs", async () => {
      const [holder, waiter] = [bank.begin(), bank.begin()];
      await bank.add(holder, 1, 1);
      const times = bank.database.run(waiter, async (s) => {
        const before = s.nowUs;
        await s.update(
          bank.accounts,
          bank.accounts.of([1]),
          () => true,
          (row) => row,
        );
        return [before, s.nowUs];
      });
      await bank.clock.advance(1_000);
      holder.commit();
      const [before, after] = await times;
      expect(after).to.equal(before);
      expect(before).to.equal((bank.clock.nowMs() - 1_000) * 1_000);
    });
  });

  describe("that changes rows", () => {
    const raise = (by = bank.begin(), isPoor = (amount: number) => amount < 20) =>
      bank.database.run(by, (s) =>
        s.update(
          bank.accounts,
          bank.accounts.of([1]),
          (row) => isPoor(row.amount),
          (row) => ({ ...row, amount: row.amount + 1 }),
        ),
      );

    it("waits for the row lock, and evaluates the row again", async () => {
      const [first, second] = [bank.begin(), bank.begin()];
      await bank.add(first, 1, 50);
      const raised = raise(second);
      expect(await standOf(raised)).to.equal("waits");
      first.commit();
      expect(await raised, "it is poor no more").to.equal(0);
      second.commit();
      expect((await bank.committed())[0]?.amount).to.equal(60);
    });

    it("finds the old row when the transaction with the lock rolls back", async () => {
      const [first, second] = [bank.begin(), bank.begin()];
      await bank.add(first, 1, 50);
      const raised = raise(second);
      first.rollBack();
      expect(await raised).to.equal(1);
      expect(await bank.amountOf(second, 1)).to.equal(11);
    });

    it("waits for a changing row that does not match yet", async () => {
      const [first, second] = [bank.begin(), bank.begin()];
      await bank.add(first, 1, 15);
      const raised = raise(second, (amount) => amount > 20);
      expect(await standOf(raised)).to.equal("waits");
      first.commit();
      expect(await raised).to.equal(1);
      expect(await bank.amountOf(second, 1)).to.equal(26);
    });

    it("locks only the rows that match", async () => {
      const [first, second] = [bank.begin(), bank.begin()];
      expect(await raise(first, () => false)).to.equal(0);
      expect(await bank.add(second, 1, 1)).to.equal(1);
    });

    it("changes each matching row once, and returns their number", async () => {
      const by = bank.begin();
      const count = await bank.database.run(by, (s) =>
        s.update(
          bank.accounts,
          bank.accounts.of([3, 1, 8]),
          () => true,
          (row) => ({ ...row, amount: 0 }),
        ),
      );
      expect(count).to.equal(2);
      by.commit();
      expect((await bank.committed()).map(({ amount }) => amount)).to.deep.equal([0, 10, 0]);
    });

    it("deletes in the order of an index, up to the limit", async () => {
      const [busy, by] = [bank.begin(), bank.begin()];
      await bank.add(busy, 2, 1);
      const poorest = { order: (a: { id: number }, b: { id: number }) => b.id - a.id, max: 1 };
      const remove = (max: number) =>
        bank.database.run(by, (s) =>
          s.remove(bank.accounts.by("branch", "b"), (row) => row.amount === 10, {
            ...poorest,
            max,
          }),
        );
      expect(await remove(1)).to.equal(1);
      expect(await bank.amountOf(by, 3), "the first in that order").to.equal(undefined);
      expect(await bank.amountOf(by, 1)).to.equal(10);
      const rest = remove(5);
      expect(await standOf(rest), "a removal passes no row by").to.equal("waits");
      busy.commit();
      expect(await rest).to.equal(1);
      by.commit();
      expect((await bank.committed()).map(({ id }) => id)).to.deep.equal([2]);
    });

    it("waits for a row that an uncommitted change may add to the index", async () => {
      const [busy, by] = [bank.begin(), bank.begin()];
      await bank.add(busy, 1, 89);
      const removed = bank.database.run(by, (s) =>
        s.remove(bank.accounts.by("branch", "b"), (row) => row.amount === 99, {
          order: (a, b) => a.id - b.id,
          max: 10,
        }),
      );
      expect(await standOf(removed)).to.equal("waits");
      busy.commit();
      expect(await removed).to.equal(1);
    });

    it("does not wait for a row that is not in the index", async () => {
      const [busy, by] = [bank.begin(), bank.begin()];
      await bank.insert(busy, { id: 9, amount: 99 });
      const removed = bank.database.run(by, (s) =>
        s.remove(bank.accounts.by("branch", "b"), (row) => row.amount === 10, {
          order: (a, b) => a.id - b.id,
          max: 10,
        }),
      );
      expect(await removed).to.equal(3);
    });
  });

  describe("that locks rows", () => {
    const lock = (by = bank.begin(), options: Parameters<typeof ask>[1] = {}) => ask(by, options);
    const ask = async (
      by: ReturnType<Bank["begin"]>,
      options: { wait?: "wait" | "skip" | "nowait"; max?: number },
    ): Promise<number[]> => {
      const { wait = "wait", max = 10 } = options;
      const walk = { order: (a: { id: number }, b: { id: number }) => a.id - b.id, max };
      const rows = await bank.database.run(by, (s) =>
        s.lock(bank.accounts.by("branch", "b"), () => true, { wait, walk }),
      );
      return rows.map(({ id }) => id);
    };

    it("makes writers wait until its transaction ends, but readers never wait", async () => {
      const [locker, writer] = [bank.begin(), bank.begin()];
      expect(await lock(locker)).to.deep.equal([1, 2, 3]);
      const added = bank.add(writer, 1, 1);
      expect(await standOf(added)).to.equal("waits");
      expect(await bank.amountOf(bank.begin(), 1)).to.equal(10);
      locker.commit();
      expect(await added).to.equal(1);
    });

    it("skips locked rows with SKIP LOCKED, including uncommitted inserts", async () => {
      const [first, writer, second] = [bank.begin(), bank.begin(), bank.begin()];
      expect(await lock(first, { max: 1 })).to.deep.equal([1]);
      await bank.insert(writer, { id: 9 });
      expect(await lock(second, { wait: "skip", max: 1 })).to.deep.equal([2]);
      expect(await lock(bank.begin(), { wait: "skip" })).to.deep.equal([3]);
    });

    it("fails immediately at a locked row with NOWAIT, and the transaction continues", async () => {
      const [locker, other] = [bank.begin(), bank.begin()];
      await bank.add(locker, 2, 1);
      await bank.add(other, 1, 7);
      expect(await kindOf(lock(other, { wait: "nowait" }))).to.equal("locked");
      expect(await bank.amountOf(other, 1)).to.equal(17);
      locker.commit();
      expect(await lock(other, { wait: "nowait" })).to.deep.equal([1, 2, 3]);
    });

    it("locks at most as many rows as LIMIT", async () => {
      await lock(bank.begin(), { max: 2 });
      expect(await standOf(bank.add(bank.begin(), 3, 1))).to.equal("done");
      expect(await lock(bank.begin(), { max: 0 })).to.deep.equal([]);
    });
  });

  describe("that fails", () => {
    it("undoes its own changes, and keeps its transaction's earlier changes", async () => {
      const by = bank.begin();
      await bank.add(by, 1, 5);
      const failing = bank.database.run(by, async (s) => {
        await s.update(
          bank.accounts,
          bank.accounts.of([1, 2, 3]),
          () => true,
          (row) => ({ ...row, amount: row.amount - 11 + row.id }),
        );
        await s.insert(bank.accounts, { id: 9, name: "dee", branch: "c", amount: 1 });
        throw new Error("refused");
      });
      expect(await standOf(failing)).to.equal("failed");
      expect(await bank.amountOf(by, 1)).to.equal(15);
      expect(await bank.amountOf(by, 2)).to.equal(10);
      expect(await bank.amountOf(by, 9)).to.equal(undefined);
      await bank.add(by, 2, 1);
      by.commit();
      expect((await bank.committed()).map(({ amount }) => amount)).to.deep.equal([15, 11, 10]);
    });

    it("undoes earlier rows when a check refuses a later row", async () => {
      const by = bank.begin();
      const spend = bank.database.run(by, (s) =>
        s.update(
          bank.accounts,
          bank.accounts.of([1, 2]),
          () => true,
          (row) => ({ ...row, amount: row.amount - 5 * row.id - 1 }),
        ),
      );
      expect(await kindOf(spend)).to.equal("other");
      expect(await bank.amountOf(by, 1)).to.equal(10);
    });

    it("rolls its transaction back after a deadlock or a lock-wait timeout", async () => {
      const [holder, waiter] = [bank.begin(), bank.begin()];
      await bank.add(holder, 1, 1);
      await bank.add(waiter, 2, 1);
      const waiting = kindOf(bank.add(waiter, 1, 1));
      await bank.clock.advance(2_000);
      expect(await waiting).to.equal("lock-wait");
      expect(waiter.isOpen).to.equal(false);
      expect(await bank.amountOf(bank.begin(), 2)).to.equal(10);
      expect(await standOf(bank.add(holder, 2, 1)), "its locks are free").to.equal("done");
      const late = await bank.add(waiter, 3, 1).then(String, (error: Error) => error.message);
      expect(late).to.contain("a transaction that is over");
    });

    it("refuses a text that is too long, counted in characters", async () => {
      const by = bank.begin();
      expect(await bank.insert(by, { id: 8, name: "🎟".repeat(10) })).to.equal(true);
      expect(await kindOf(bank.insert(by, { id: 9, name: "x".repeat(11) }))).to.equal("other");
    });
  });

  it("rolls back completely when it runs outside of a transaction and fails", async () => {
    const failing = bank.database.autocommit(async (s) => {
      await s.insert(bank.accounts, { id: 9, name: "dee", branch: "c", amount: 1 });
      throw new Error("refused");
    });
    expect(await standOf(failing)).to.equal("failed");
    expect(await bank.committed()).to.have.length(3);
    expect(await standOf(bank.insert(bank.begin(), { id: 9 }))).to.equal("done");
  });
});
