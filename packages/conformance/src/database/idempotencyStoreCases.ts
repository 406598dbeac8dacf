import type { IdempotencyRecordKey, IdempotencyStart } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAtOnce, besideOpen, committed, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS, newUserId } from "./show.ts";

const FINGERPRINT = "0123456789abcdef".repeat(4);
/** A limit that is larger than the number of records of any case. */
const ALL = 10_000;

const start =
  (key: IdempotencyRecordKey, fingerprint = FINGERPRINT): Act<IdempotencyStart> =>
  ({ idempotency }, tx) =>
    idempotency.start(tx, key, fingerprint);
const answer =
  (key: IdempotencyRecordKey, said: unknown = { done: true }): Act<IdempotencyStart> =>
  async (core, tx) => {
    const started = await start(key)(core, tx);
    await core.idempotency.finish(tx, key, said);
    return started;
  };

/** Cases about the records that prevent a repeated request from running twice. */
export function idempotencyStoreCases(db: DatabaseUnderTest): void {
  describe("an idempotency key in the database", () => {
    let key: IdempotencyRecordKey;
    beforeEach("takes a key of its own", () => {
      key = { userId: newUserId(), operation: "pay", key: "my-key" };
    });
    const finished = (said: unknown = { done: true }): IdempotencyStart => ({
      state: "finished",
      fingerprint: FINGERPRINT,
      answer: said,
    });

    it("is new for the first request, and later requests get the stored answer", async () => {
      expect(await committed(db.core, answer(key))).to.deep.equal({ state: "started" });
      for (const core of [db.core, db.other]) {
        expect(await committed(core, start(key, "f".repeat(64)))).to.deep.equal(finished());
      }
    });

    const answers: Readonly<Record<string, unknown>> = {
      "an object": { id: 9_007_199_254_740_991, text: 'it\'s "é" \\ 표 \u{1F3AB}', none: null },
      "a list": [1, [2, { three: 3 }], "four"],
      "a word": "done",
      "a number": 1.5,
      false: false,
      nothing: null,
      "a long text": "x".repeat(100_000),
    };
    for (const [name, said] of Object.entries(answers)) {
      it(`returns ${name} exactly as it was stored`, async () => {
        await committed(db.core, answer(key, said));
        expect(await committed(db.other, start(key))).to.deep.equal(finished(said));
      });
    }

    it("is in progress until it has an answer, even for its own transaction", async () => {
      await db.core.withTransaction(async (tx) => {
        const { idempotency } = db.core;
        expect((await idempotency.start(tx, key, FINGERPRINT)).state).to.equal("started");
        expect((await idempotency.start(tx, key, FINGERPRINT)).state).to.equal("in-progress");
        await idempotency.finish(tx, key, { done: true });
        expect(await idempotency.start(tx, key, FINGERPRINT)).to.deep.equal(finished());
      });
    });

    it("belongs to one user and one operation, and is case-sensitive", async () => {
      const others = [
        { ...key, userId: newUserId() },
        { ...key, operation: "refund" },
        { ...key, key: "My-Key" },
        { ...key, key: "my-key!" },
      ];
      await committed(db.core, answer(key));
      for (const other of others) {
        expect(await committed(db.core, start(other))).to.deep.equal({ state: "started" });
      }
    });

    it("may have 255 characters, with every visible ASCII character", async () => {
      const signs = Array.from({ length: 94 }, (_unused, i) => String.fromCharCode(33 + i));
      const long = { ...key, key: signs.join("").repeat(3).slice(0, 255) };
      await committed(db.core, answer(long));
      expect(await committed(db.other, start(long))).to.deep.equal(finished());
      const almost = { ...long, key: `${long.key.slice(0, 254)}~` };
      expect((await committed(db.other, start(almost))).state).to.equal("started");
    });

    for (const [name, first] of Object.entries({ started: start, answered: answer })) {
      for (const end of ENDS) {
        it(`is in progress until the ${end} of the transaction that has ${name} it`, async () => {
          const race = { first: first(key), end, second: start(key) };
          expect(await answerAtOnce(db, race)).to.deep.equal({ state: "in-progress" });
          const kept = name === "answered" ? finished() : { state: "in-progress" };
          const next = await committed(db.other, start(key));
          expect(next).to.deep.equal(end === "commit" ? kept : { state: "started" });
        });
      }
    }

    it("does not block other keys", async () => {
      const other = { ...key, key: "another" };
      const race = { first: answer(key), second: answer(other) };
      expect(await answerAtOnce(db, race)).to.deep.equal({ state: "started" });
    });

    it("is started by one of 20 parallel requests; the others see it in progress", async () => {
      const cores = Array.from({ length: 20 }, (_unused, i) => (i % 2 ? db.core : db.other));
      const states = await Promise.all(
        cores.map(async (core) => (await committed(core, answer(key))).state),
      );
      expect(states.filter((state) => state === "started")).to.have.length(1);
      expect(await committed(db.core, start(key))).to.deep.equal(finished());
    });
  });

  describe("old idempotency keys", () => {
    const clean = (ageMs: number, max: number): Promise<number> =>
      committed(db.core, ({ idempotency }, tx) => idempotency.cleanUp(tx, ageMs, max));
    beforeEach("deletes the keys of earlier cases", async () => {
      await db.passTime(1);
      await clean(0, ALL);
    });

    it("are deleted by age, oldest first, in batches; younger keys remain", async () => {
      const userId = newUserId();
      const keys = ["1", "2", "3", "4"].map((key) => ({ userId, operation: "pay", key }));
      for (const key of keys) {
        await committed(db.core, answer(key));
        await db.passTime(MINUTE_MS);
      }
      await db.passTime(HOUR_MS - 2 * MINUTE_MS);
      // The four records are now about 62, 61, 60 and 59 minutes old.
      const statesNow = (): Promise<string[]> =>
        besideOpen(db.core, async (look) => {
          const states: string[] = [];
          for (const key of keys) states.push((await look.act(start(key))).state);
          return states;
        });
      expect(await clean(2 * HOUR_MS, ALL)).to.equal(0);
      expect(await clean(HOUR_MS + MINUTE_MS / 2, 1)).to.equal(1);
      expect(await statesNow()).to.deep.equal(["started", "finished", "finished", "finished"]);
      expect(await clean(HOUR_MS + MINUTE_MS / 2, ALL)).to.equal(1);
      expect(await clean(HOUR_MS - MINUTE_MS / 2, 0)).to.equal(0);
      expect(await clean(HOUR_MS - MINUTE_MS / 2, ALL)).to.equal(1);
      expect(await statesNow()).to.deep.equal(["started", "started", "started", "finished"]);
    });

    it("remain when the transaction that deletes them rolls back", async () => {
      const key = { userId: newUserId(), operation: "pay", key: "k" };
      await committed(db.core, answer(key));
      await db.passTime(HOUR_MS);
      await besideOpen(db.core, async (cleaner) => {
        const count = await cleaner.act(({ idempotency }, tx) =>
          idempotency.cleanUp(tx, MINUTE_MS, ALL),
        );
        expect(count).to.equal(1);
        await cleaner.end("rollback");
      });
      expect((await committed(db.core, start(key))).state).to.equal("finished");
    });
  });
}
