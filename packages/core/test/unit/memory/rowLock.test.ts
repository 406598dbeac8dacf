import { expect } from "chai";
import { type LockMode, RowLock } from "../../../src/adapters/memory/database/rowLock.ts";
import { ServerTransaction } from "../../../src/adapters/memory/database/serverTransaction.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { kindOf, standOf } from "./engineRig.ts";

const WAIT_MS = 2_000;

describe("a row lock of the in-memory database", () => {
  let clock = fakeClock();
  let lock = newLock();
  let unusedCount = 0;

  function newLock(): RowLock {
    return new RowLock(() => {
      unusedCount += 1;
    });
  }

  beforeEach(() => {
    clock = fakeClock();
    unusedCount = 0;
    lock = newLock();
  });

  const begin = (): ServerTransaction => new ServerTransaction(clock, WAIT_MS);
  /** Resolves when the lock is granted; keeps a refusal for the test. */
  function take(by: ServerTransaction, mode: LockMode, of = lock): Promise<void> {
    const taken = of.acquire(by, mode) ?? Promise.resolve();
    taken.catch(() => {});
    return taken;
  }
  /** A transaction with this many other locks: its rollback would lose more work. */
  function weighty(lockCount: number): ServerTransaction {
    const heavy = begin();
    for (let held = 0; held < lockCount; held += 1) void take(heavy, "exclusive", newLock());
    return heavy;
  }

  it("is granted immediately to the first request, then in the order of requests", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    expect(lock.acquire(a, "exclusive")).to.equal(undefined);
    const [second, third] = [take(b, "exclusive"), take(c, "exclusive")];
    expect(await standOf(second)).to.equal("waits");
    a.commit();
    expect(await standOf(second)).to.equal("done");
    expect(await standOf(third)).to.equal("waits");
    b.rollBack();
    expect(await standOf(third)).to.equal("done");
  });

  it("is shared by many owners, and an exclusive request waits", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    expect(lock.acquire(a, "shared")).to.equal(undefined);
    expect(lock.acquire(b, "shared")).to.equal(undefined);
    const alone = take(c, "exclusive");
    a.commit();
    expect(await standOf(alone)).to.equal("waits");
    b.commit();
    expect(await standOf(alone)).to.equal("done");
  });

  it("is not granted to a later request before a waiting request", async () => {
    const [a, b, c, d] = [begin(), begin(), begin(), begin()];
    void take(a, "shared");
    const alone = take(b, "exclusive");
    expect(lock.isFree(c, "shared")).to.equal(false);
    const [late, later] = [take(c, "shared"), take(d, "shared")];
    a.commit();
    expect(await standOf(alone)).to.equal("done");
    expect(await standOf(late)).to.equal("waits");
    b.commit();
    expect(await standOf(late)).to.equal("done");
    expect(await standOf(later), "both share").to.equal("done");
  });

  it("is granted again to its owner in the same or a weaker mode", () => {
    const a = begin();
    void take(a, "exclusive");
    expect(lock.holds(a, "shared")).to.equal(true);
    expect(lock.acquire(a, "shared")).to.equal(undefined);
    expect(lock.acquire(a, "exclusive")).to.equal(undefined);
    expect(lock.holds(begin(), "shared")).to.equal(false);
  });

  it("becomes exclusive immediately for its only shared owner", () => {
    const a = begin();
    void take(a, "shared");
    expect(lock.holds(a, "exclusive")).to.equal(false);
    expect(lock.acquire(a, "exclusive")).to.equal(undefined);
    expect(lock.isFree(begin(), "shared")).to.equal(false);
  });

  it("ends one of two shared owners when both request it exclusively", async () => {
    const [a, b] = [begin(), begin()];
    void take(a, "shared");
    void take(b, "shared");
    const first = take(a, "exclusive");
    const last = take(b, "exclusive");
    expect(await kindOf(last)).to.equal("restart");
    expect(b.isOpen).to.equal(false);
    expect(await standOf(first)).to.equal("done");
    expect(lock.holds(a, "exclusive")).to.equal(true);
  });

  it("ends the waiting transaction when a shared owner requests it exclusively", async () => {
    const [a, b] = [begin(), begin()];
    void take(a, "shared");
    const waiting = take(b, "exclusive");
    const upgrade = take(a, "exclusive");
    expect(await kindOf(waiting)).to.equal("restart");
    expect(await standOf(upgrade)).to.equal("done");
  });

  for (const partyCount of [2, 3]) {
    it(`ends the last waiter in a deadlock of ${partyCount} equal transactions`, async () => {
      const parties = Array.from({ length: partyCount }, begin);
      const locks = parties.map(newLock);
      parties.forEach((party, at) => {
        void take(party, "exclusive", locks[at]);
      });
      const waits = parties.map((party, at) =>
        take(party, "exclusive", locks[(at + 1) % partyCount]),
      );
      expect(await kindOf(waits.at(-1) ?? Promise.resolve())).to.equal("restart");
      expect(parties.map((party) => party.isOpen)).to.deep.equal(
        parties.map((_party, at) => at < partyCount - 1),
      );
      // The rollback of the victim grants the lock to the transaction before it. The commit of that
      // transaction grants its lock to the one before, and so on.
      for (let at = partyCount - 2; at >= 0; at -= 1) {
        expect(await standOf(waits[at] ?? Promise.resolve())).to.equal("done");
        parties[at]?.commit();
      }
    });

    it(`ends the transaction with the fewest locks in a deadlock of ${partyCount}`, async () => {
      const parties = Array.from({ length: partyCount }, (_none, at) => weighty(at === 0 ? 0 : 2));
      const locks = parties.map(newLock);
      parties.forEach((party, at) => {
        void take(party, "exclusive", locks[at]);
      });
      const waits = parties.map((party, at) =>
        take(party, "exclusive", locks[(at + 1) % partyCount]),
      );
      expect(await kindOf(waits[0] ?? Promise.resolve())).to.equal("restart");
      expect(parties.map((party) => party.isOpen)).to.deep.equal(
        parties.map((_party, at) => at > 0),
      );
    });
  }

  it("ends every deadlock that the same wait causes", async () => {
    const [heavy, b, c] = [weighty(5), begin(), begin()];
    const [m, n] = [newLock(), newLock()];
    void take(heavy, "exclusive", m);
    void take(heavy, "exclusive", n);
    void take(b, "shared");
    void take(c, "shared");
    const [bWaits, cWaits] = [take(b, "exclusive", m), take(c, "exclusive", n)];
    const both = take(heavy, "exclusive");
    expect(await kindOf(bWaits)).to.equal("restart");
    expect(await kindOf(cWaits)).to.equal("restart");
    expect(await standOf(both)).to.equal("done");
  });

  it("reports no deadlock for transactions that wait in a line", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    const other = newLock();
    void take(a, "exclusive");
    void take(b, "exclusive", other);
    const waits = [take(b, "exclusive"), take(c, "exclusive", other)];
    for (const wait of waits) expect(await standOf(wait)).to.equal("waits");
    a.commit();
    expect(await standOf(waits[0] ?? Promise.resolve())).to.equal("done");
  });

  it("rolls a transaction back that waits longer than the timeout", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    const held = newLock();
    void take(b, "exclusive", held);
    void take(a, "exclusive");
    const waiting = take(b, "exclusive");
    const behind = take(c, "exclusive");
    await clock.advance(WAIT_MS - 1);
    expect(await standOf(waiting)).to.equal("waits");
    await clock.advance(1);
    expect(await kindOf(waiting)).to.equal("lock-wait");
    expect(b.isOpen).to.equal(false);
    expect(held.isFree(a, "exclusive")).to.equal(true);
    expect(a.isOpen).to.equal(true);
    expect(await kindOf(behind), "it asked in the same moment").to.equal("lock-wait");
  });

  it("counts the timeout of each wait separately", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    const other = newLock();
    void take(a, "exclusive");
    void take(c, "exclusive", other);
    const first = take(b, "exclusive");
    await clock.advance(WAIT_MS - 1);
    a.commit();
    expect(await standOf(first)).to.equal("done");
    expect(clock.sleeping()).to.equal(0);
    const second = take(b, "exclusive", other);
    await clock.advance(WAIT_MS - 1);
    expect(await standOf(second)).to.equal("waits");
    c.commit();
    expect(await standOf(second)).to.equal("done");
  });

  it("is not granted to a transaction that ended while it waited", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    void take(a, "exclusive");
    const [ended, behind] = [take(b, "exclusive"), take(c, "exclusive")];
    b.rollBack();
    expect(await standOf(ended)).to.equal("failed");
    a.commit();
    expect(await standOf(behind)).to.equal("done");
    expect(clock.sleeping()).to.equal(0);
  });

  it("is granted to later requests when an earlier one gives up", async () => {
    const [a, b, c] = [begin(), begin(), begin()];
    void take(a, "shared");
    const [alone, shared] = [take(b, "exclusive"), take(c, "shared")];
    expect(await standOf(shared)).to.equal("waits");
    b.fail(new Error("the work fails"));
    expect(await standOf(alone)).to.equal("failed");
    expect(await standOf(shared)).to.equal("done");
  });

  it("is reported as unused only when no transaction has it or waits for it", async () => {
    const [a, b] = [begin(), begin()];
    void take(a, "exclusive");
    const waiting = take(b, "exclusive");
    a.commit();
    await waiting;
    expect(unusedCount).to.equal(0);
    b.commit();
    expect(unusedCount).to.equal(1);
  });
});
