import { expect } from "chai";
import { besideOpen, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";

const KINDS = ["reservation", "payment"] as const;
/** Number of ids, so large that the allocator needs several blocks. */
const MANY = 350;

/** Cases about users, and about ids that are allocated before their rows are written. */
export function identityCases(db: DatabaseUnderTest): void {
  describe("users in the database", () => {
    const insert = (name: string): Promise<number> =>
      committed(db.core, ({ users }, tx) => users.insert(tx, name));

    it("get different ids, even with equal names", async () => {
      const names = ["Ada", "Ada", "", `it's "é" 표 \u{1F3AB}`, "x".repeat(100)];
      const ids: number[] = [];
      for (const name of names) ids.push(await insert(name));
      expect(ids).to.deep.equal([...new Set(ids)].toSorted((a, b) => a - b));
      for (const id of ids) expect(Number.isSafeInteger(id) && id > 0).to.equal(true);
    });

    it("get different ids in parallel, and no id of a rolled back insert", async () => {
      const undone: number[] = [];
      const work = db.core.withTransaction(async (tx) => {
        undone.push(await db.core.users.insert(tx, "Ada"));
        throw new Error("the work fails");
      });
      await failureOf(work);
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_unused, i) =>
          committed(i % 2 ? db.core : db.other, ({ users }, tx) => users.insert(tx, "Bob")),
        ),
      );
      expect(new Set([...ids, ...undone]).size).to.equal(21);
    });

    it("are inserted without waiting for each other", async () => {
      await besideOpen(db.core, async (slow) => {
        const one = await slow.act(({ users }, tx) => users.insert(tx, "Ada"));
        const two = await committed(db.other, ({ users }, tx) => users.insert(tx, "Ada"));
        expect(two).to.not.equal(one);
      });
    });
  });

  describe("allocated ids", () => {
    for (const kind of KINDS) {
      it(`are unique and ascend for a ${kind}, in each process`, async () => {
        const taken: number[][] = await Promise.all(
          [db.core, db.other].map(async (core) => {
            const ids: number[] = [];
            while (ids.length < MANY) ids.push(await core.idAllocator.next(kind));
            return ids;
          }),
        );
        for (const ids of taken) expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
        expect(new Set(taken.flat()).size).to.equal(2 * MANY);
        for (const id of taken.flat()) expect(Number.isSafeInteger(id) && id > 0).to.equal(true);
      });

      it(`are unique for a ${kind} when many callers request them at the same time`, async () => {
        const ids = await Promise.all(
          Array.from({ length: 2 * MANY }, (_unused, i) =>
            (i % 2 ? db.core : db.other).idAllocator.next(kind),
          ),
        );
        expect(new Set(ids).size).to.equal(2 * MANY);
      });
    }

    it("are never allocated again, even after a rollback or before a commit", async () => {
      const ids: number[] = [];
      await besideOpen(db.core, async () => {
        while (ids.length < MANY) ids.push(await db.core.idAllocator.next("payment"));
      });
      const failing = db.core.withTransaction(async () => {
        while (ids.length < 2 * MANY) ids.push(await db.core.idAllocator.next("payment"));
        throw new Error("the work fails");
      });
      await failureOf(failing);
      ids.push(await db.core.idAllocator.next("payment"));
      expect(new Set(ids).size).to.equal(2 * MANY + 1);
    });
  });
}
