import type { IdempotencyRecordKey } from "@onsale/core";
import { expect } from "chai";
import {
  type Act,
  besideOpen,
  committed,
  expectAtOnce,
  expectWaiting,
  failureOf,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { chargedUser, entryCount, post } from "./ledgerActs.ts";
import { newUserId } from "./show.ts";
import { together, type Work } from "./workGroup.ts";

const FINGERPRINT = "0123456789abcdef".repeat(4);

/** Cases about the points and idempotency keys of a group. */
export function groupMoneyCases(db: DatabaseUnderTest): void {
  describe("the points and keys of a group of works", () => {
    pointCases(db);
    fullAccountCases(db);
    keyCases(db);
    refusedKeyCases(db);
  });
}

function pointCases(db: DatabaseUnderTest): void {
  it("posts to each account, opens the missing ones, and refuses what does not fit", async () => {
    const [rich, poor, fresh] = [
      await chargedUser(db.core, 10),
      await chargedUser(db.core, 3),
      newUserId(),
    ];
    const unknown = newUserId();
    const posted = await Promise.all(
      together(
        db.core,
        [
          { userId: rich, act: post("SPEND", rich, 4) },
          { userId: poor, act: post("SPEND", poor, 4) },
          { userId: fresh, act: post("CHARGE", fresh, 8) },
          { userId: unknown, act: post("SPEND", unknown, 1) },
        ],
        "charge",
      ),
    );
    expect(posted).to.deep.equal([
      { balanceAfter: 6, accountVersion: 2 },
      undefined,
      { balanceAfter: 8, accountVersion: 1 },
      undefined,
    ]);
    const users = [rich, poor, fresh, unknown];
    const accounts = await Promise.all(users.map((id) => db.other.ledger.findAccount(null, id)));
    expect(accounts).to.deep.equal([
      { balance: 6, version: 2 },
      { balance: 3, version: 1 },
      { balance: 8, version: 1 },
      undefined,
    ]);
    expect(await Promise.all(users.map((id) => entryCount(db.other, id)))).to.deep.equal([
      2, 1, 1, 0,
    ]);
    const balances = await Promise.all(
      together(
        db.core,
        users.map((id) => ({ act: ({ ledger }, tx) => ledger.balanceOf(tx, id) })),
      ),
    );
    expect(balances).to.deep.equal([6, 3, 8, 0]);
  });
}

function fullAccountCases(db: DatabaseUnderTest): void {
  it("are not stopped by works that wait alone for locked accounts", async () => {
    const users = await Promise.all([1, 2, 3].map(() => chargedUser(db.core, 10)));
    const [ada = 0, bob = 0, eve = 0] = users;
    await besideOpen(db.other, async (rival) => {
      await rival.act(post("SPEND", ada, 1));
      await rival.act(post("SPEND", bob, 1));
      const waiting: Promise<unknown>[] = [];
      for (const userId of [ada, bob]) {
        waiting.push(...together(db.core, [{ userId, act: post("SPEND", userId, 1) }], "charge"));
        // The next work comes when this one is on its way.
        await db.core.ledger.balanceOf(null, userId);
      }
      const [free] = together(db.core, [{ userId: eve, act: post("SPEND", eve, 1) }], "charge");
      expect(await free).to.deep.equal({ balanceAfter: 9, accountVersion: 2 });
      await rival.end("commit");
      expect(await Promise.all(waiting)).to.deep.equal([
        { balanceAfter: 8, accountVersion: 3 },
        { balanceAfter: 8, accountVersion: 3 },
      ]);
    });
  });

  it("keeps a balance at or below the greatest number of points", async () => {
    const [full, almost] = [
      await chargedUser(db.core, Number.MAX_SAFE_INTEGER),
      await chargedUser(db.core, Number.MAX_SAFE_INTEGER - 1),
    ];
    const posted = await Promise.all(
      together(db.core, [
        { userId: full, act: post("CHARGE", full, 1) },
        { userId: almost, act: post("CHARGE", almost, 1) },
      ]),
    );
    expect(posted.map((one) => one?.balanceAfter)).to.deep.equal([
      undefined,
      Number.MAX_SAFE_INTEGER,
    ]);
  });

  it("lets only the work wait whose account another transaction has locked", async () => {
    const [ada, bob] = [await chargedUser(db.core, 10), await chargedUser(db.core, 10)];
    await besideOpen(db.other, async (rival) => {
      await rival.act(post("SPEND", ada, 9));
      const [waiting, free] = together(db.core, [
        { userId: ada, act: post("SPEND", ada, 2) },
        { userId: bob, act: post("SPEND", bob, 2) },
      ]);
      const posted = await expectAtOnce(db.other, free as Promise<unknown>);
      expect(posted).to.deep.equal({ balanceAfter: 8, accountVersion: 2 });
      await expectWaiting(db.other, waiting as Promise<unknown>);
      await rival.end("commit");
      expect(await waiting).to.equal(undefined);
    });
  });
}

const newKey = (key = "k"): IdempotencyRecordKey => ({
  ...{ userId: newUserId(), operation: "reserve" },
  key,
});
const startOf =
  (key: IdempotencyRecordKey): Act<string> =>
  async ({ idempotency }, tx) =>
    (await idempotency.start(tx, key, FINGERPRINT)).state;
const answered =
  (key: IdempotencyRecordKey, answer: unknown): Act<unknown> =>
  async ({ idempotency }, tx) => {
    const start = await idempotency.start(tx, key, FINGERPRINT);
    if (start.state === "finished") return start.answer;
    await idempotency.finish(tx, key, answer);
    return start.state;
  };
const workOf = (key: IdempotencyRecordKey, answer: unknown): Work<unknown> => ({
  userId: key.userId,
  act: answered(key, answer),
});

function keyCases(db: DatabaseUnderTest): void {
  it("stores the answer of each key, and repeats it", async () => {
    const keys = [newKey("same"), newKey("same"), newKey("other")];
    const works = keys.map((key, at) => workOf(key, { at, text: "it's \u{1F3AB}" }));
    const first = await Promise.all(together(db.core, works));
    expect(first).to.deep.equal(["started", "started", "started"]);
    const again = [...works, workOf(newKey("same"), "new")];
    expect(await Promise.all(together(db.core, again))).to.deep.equal([
      ...keys.map((_key, at) => ({ at, text: "it's \u{1F3AB}" })),
      "started",
    ]);
  });
}

function refusedKeyCases(db: DatabaseUnderTest): void {
  it("keeps the earlier answers of a buyer whose work is refused", async () => {
    const refused = newKey();
    const earlier = [
      { ...refused, key: "earlier" },
      { ...refused, operation: "pay" },
    ];
    for (const key of earlier) await committed(db.core, answered(key, "kept"));
    const [one, two] = together<unknown>(db.core, [
      {
        userId: refused.userId,
        async act(core, tx) {
          await startOf(refused)(core, tx);
          throw new Error("refused");
        },
      },
      workOf(newKey(), "done"),
    ]);
    await failureOf(one as Promise<unknown>);
    await two;
    for (const key of earlier) {
      expect(await committed(db.other, answered(key, "new"))).to.equal("kept");
    }
  });

  it("leaves the key of a refused work unused, and keeps those of the others", async () => {
    const [refused, kept] = [newKey(), newKey()];
    const [one, two] = together<unknown>(db.core, [
      {
        userId: refused.userId,
        async act(core, tx) {
          await startOf(refused)(core, tx);
          throw new Error("refused");
        },
      },
      workOf(kept, "done"),
    ]);
    await failureOf(one as Promise<unknown>);
    await two;
    expect(await committed(db.other, answered(kept, "again"))).to.equal("done");
    expect(await committed(db.other, answered(refused, "late"))).to.equal("started");
  });

  it("calls a key in progress, without waiting, while another transaction writes it", async () => {
    const [contested, free] = [newKey(), newKey()];
    await besideOpen(db.other, async (rival) => {
      await rival.act(startOf(contested));
      const [one, two] = together<unknown>(db.core, [
        {
          userId: contested.userId,
          async act(core, tx) {
            const state = await startOf(contested)(core, tx);
            throw new Error(state);
          },
        },
        workOf(free, "done"),
      ]);
      const failure = await expectAtOnce(db.other, failureOf(one as Promise<unknown>));
      expect(String(failure)).to.equal("Error: in-progress");
      expect(await expectAtOnce(db.other, two as Promise<unknown>)).to.equal("started");
    });
  });
}
