import { expect } from "chai";
import { type Act, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { charge, chargedUser, entryCount, post } from "./ledgerActs.ts";
import { message } from "./outboxActs.ts";
import { held, newShow, newUserId } from "./show.ts";
import { together } from "./workGroup.ts";

/** Cases about the forming of groups, and about members that fail. */
export function groupCases(db: DatabaseUnderTest): void {
  describe("a group of works in one transaction", () => {
    shapeCases(db);
    failureCases(db);
    rowCases(db);
  });
}

function shapeCases(db: DatabaseUnderTest): void {
  it("is made of those that come together, and one work alone has its own", async () => {
    const label: Act<string> = async (_core, tx) => tx.label;
    const labels = await Promise.all(together(db.core, [{ act: label }, { act: label }]));
    expect(labels).to.deep.equal(["group", "group"]);
    const [alone] = together(db.core, [{ act: label }]);
    expect(await alone).to.not.equal("group");
  });

  it("has one work of each buyer; a second begins after the first is committed", async () => {
    const userId = await chargedUser(db.core, 1);
    const posted = await Promise.all(
      together(db.core, [
        { userId, act: charge(userId, 2) },
        { userId, act: charge(userId, 3) },
        { act: async () => undefined },
        { userId, act: post("SPEND", userId, 6) },
      ]),
    );
    const balances = posted.map((entry) => entry?.balanceAfter);
    expect(balances).to.deep.equal([3, 6, undefined, 0]);
  });

  it("does not mix kinds", async () => {
    const works: Promise<boolean>[] = (["hold", "charge", "pay"] as const).flatMap((kind) =>
      together(db.core, [{ act: async (_core, tx) => tx.label === "group" }], kind),
    );
    expect(await Promise.all(works)).to.deep.equal([false, false, false]);
  });

  it("answers with the value of each work", async () => {
    const values = Array.from({ length: 100 }, (_unused, n) => n);
    const works = values.map((value) => ({ act: async () => value }));
    expect(await Promise.all(together(db.core, works))).to.deep.equal(values);
  });
}

function failureCases(db: DatabaseUnderTest): void {
  it("keeps the others when one refuses before it writes", async () => {
    const users = [newUserId(), newUserId()] as const;
    const refused = new Error("refused");
    const [one, two, three] = together<unknown>(db.core, [
      { act: charge(users[0], 5) },
      {
        async act() {
          throw refused;
        },
      },
      { act: charge(users[1], 7) },
    ]);
    expect(await failureOf(two as Promise<unknown>)).to.equal(refused);
    await one;
    await three;
    expect(await Promise.all(users.map((id) => db.other.ledger.balanceOf(null, id)))).to.deep.equal(
      [5, 7],
    );
  });

  it("keeps the others, and nothing of it, when one fails after it wrote", async () => {
    const users = [newUserId(), newUserId(), newUserId()] as const;
    const failed = new Error("failed");
    let runCount = 0;
    const [one, two, three] = together<unknown>(db.core, [
      { act: charge(users[0], 5) },
      {
        async act(core, tx) {
          runCount += 1;
          await charge(users[1], 6)(core, tx);
          throw failed;
        },
      },
      { act: charge(users[2], 7) },
    ]);
    expect(await failureOf(two as Promise<unknown>)).to.equal(failed);
    await Promise.all([one, three]);
    expect(runCount, "again, in a transaction of its own").to.equal(2);
    const balances = await Promise.all(users.map((id) => db.other.ledger.balanceOf(null, id)));
    expect(balances).to.deep.equal([5, 0, 7]);
    expect(await entryCount(db.other, users[1])).to.equal(0);
  });
}

function rowCases(db: DatabaseUnderTest): void {
  it("keeps the others when the database refuses the row of one", async () => {
    const users = [newUserId(), newUserId()] as const;
    const { seatIds } = await newShow(db.core, 1);
    const reservationId = await held(db.core, seatIds);
    const payment = async (userId: number) => ({
      ...{ id: await db.core.idAllocator.next("payment"), reservationId },
      ...{ userId, amount: 1 },
    });
    const first = await payment(users[0]);
    await committed(db.core, ({ payments }, tx) => payments.insert(tx, first));
    const second = await payment(users[1]);
    const [charged, refused] = together<unknown>(db.core, [
      { act: charge(users[0], 5) },
      { act: ({ payments }, tx) => payments.insert(tx, second) },
    ]);
    expect(await failureOf(refused as Promise<unknown>)).to.be.instanceOf(Error);
    await charged;
    expect(await db.other.ledger.balanceOf(null, users[0])).to.equal(5);
    expect(await db.other.payments.find(null, second.id)).to.equal(undefined);
  });

  it("writes the messages of all works, each once", async () => {
    const messages = Array.from({ length: 5 }, () => message({ bucket: 901 }));
    await Promise.all(
      together(
        db.core,
        messages.map((one) => ({ act: ({ outbox }, tx) => outbox.append(tx, [one]) })),
      ),
    );
    const stored = await db.other.outbox.pending(null, 901, 100);
    const ids = messages.map(({ messageId }) => messageId);
    expect(stored.map(({ messageId }) => messageId).sort()).to.deep.equal(ids.sort());
  });
}
