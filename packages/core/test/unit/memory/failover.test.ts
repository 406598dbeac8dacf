import { expect } from "chai";
import { createMemoryServers, openMemoryCore } from "../../../src/compose/openMemory.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { failureOf } from "../../support/fixtures.ts";
import { type Bank, kindOf, openBank, standOf } from "./engineRig.ts";

const CHARGE = { userId: 1, kind: "CHARGE", amount: 100, entryKey: "one" } as const;

describe("an in-memory database that is read-only", () => {
  let bank: Bank;
  beforeEach(async () => {
    bank = openBank();
    await bank.open("ada", "bob");
  });

  it("refuses every write, and answers reads", async () => {
    bank.database.refuseWrites();
    const by = bank.begin();
    expect(await kindOf(bank.add(by, 1, 5))).to.equal("connection");
    expect(await kindOf(bank.insert(by, { id: 9 }))).to.equal("connection");
    expect(await kindOf(bank.remove(by, 1))).to.equal("connection");
    expect(await bank.amountOf(by, 1)).to.equal(10);
    expect(await bank.database.run(by, (s) => s.isReadOnly)).to.equal(true);
    by.commit();
  });

  it("rolls back a transaction whose COMMIT comes too late", async () => {
    const [late, reader] = [bank.begin(), bank.begin()];
    await bank.add(late, 1, 5);
    await bank.amountOf(reader, 1);
    bank.database.refuseWrites();
    expect(() => late.commit()).to.throw("read_only is ON");
    expect(late.isOpen).to.equal(false);
    reader.commit();
    expect((await bank.committed())[0]?.amount).to.equal(10);
  });

  it("accepts writes after a failover", async () => {
    bank.database.refuseWrites();
    bank.database.failOver();
    const by = bank.begin();
    await bank.add(by, 1, 5);
    by.commit();
    expect((await bank.committed())[0]?.amount).to.equal(15);
  });
});

describe("a failover of the in-memory database", () => {
  it("ends the open transactions, their locks, and the waits for them", async () => {
    const bank = openBank();
    await bank.open("ada");
    const [holder, waiter] = [bank.begin(), bank.begin()];
    await bank.add(holder, 1, 5);
    const waits = bank.add(waiter, 1, 7);
    expect(await standOf(waits)).to.equal("waits");
    bank.database.failOver();
    expect(await standOf(waits)).to.equal("failed");
    expect(() => holder.commit()).to.throw("the connection broke");
    const next = bank.begin();
    await bank.add(next, 1, 1);
    next.commit();
    expect((await bank.committed())[0]?.amount).to.equal(11);
  });

  it("makes the workflow repeat its transaction on the new server", async () => {
    const servers = createMemoryServers();
    const { core } = openMemoryCore({ core: testCoreConfig(), logLevel: "silent" }, servers);
    let attempts = 0;
    await core.withTransaction(async (tx) => {
      attempts += 1;
      if (attempts === 1) servers.database.failOver();
      await core.ledger.post(tx, CHARGE);
    });
    expect(attempts).to.equal(2);
    expect(await core.ledger.balanceOf(null, CHARGE.userId)).to.equal(CHARGE.amount);
  });

  it("is what the load reader and a refused write call for", async () => {
    const servers = createMemoryServers();
    const { core } = openMemoryCore({ core: testCoreConfig(), logLevel: "silent" }, servers);
    servers.database.refuseWrites();
    expect(await core.databaseLoad.read()).to.include({ isReadOnly: true });
    const refused = await failureOf(core.withTransaction((tx) => core.ledger.post(tx, CHARGE)));
    expect(refused).to.be.instanceOf(DependencyUnavailableError);
    servers.database.failOver();
    expect(await core.databaseLoad.read()).to.include({ isReadOnly: false });
    await core.withTransaction((tx) => core.ledger.post(tx, CHARGE));
  });
});
