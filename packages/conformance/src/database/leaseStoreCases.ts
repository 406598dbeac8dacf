import type { CoreContext, Lease } from "@onsale/core";
import { expect } from "chai";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

let caseCount = 0;

/** Cases about leases, which expire by the database's clock. */
export function leaseStoreCases(db: DatabaseUnderTest): void {
  describe("leases in the database", () => {
    let prefix: string;
    beforeEach("takes names of its own", () => {
      caseCount += 1;
      prefix = `case-${caseCount}:`;
    });
    const acquire = async (name: string, owner = "me", ttlMs = MINUTE_MS): Promise<Lease> => {
      const lease = await db.core.leases.acquire(`${prefix}${name}`, owner, ttlMs);
      if (!lease) throw new Error("the lease is not free");
      return lease;
    };
    const refused = (name: string, owner: string, core: CoreContext = db.core) =>
      core.leases.acquire(`${prefix}${name}`, owner, MINUTE_MS);
    const listed = () => db.other.leases.list(prefix);
    const wanted = (name: string): Promise<(Lease | undefined)[]> => {
      const owners = Array.from({ length: 20 }, (_unused, index) => `owner-${index}`);
      const cores = [db.core, db.other];
      return Promise.all(
        owners.map((owner, i) => (cores[i % 2] ?? db.core).leases.acquire(name, owner, MINUTE_MS)),
      );
    };

    it("are acquired by one of many parallel callers", async () => {
      const granted = (await wanted(`${prefix}new`)).filter((lease) => lease !== undefined);
      expect(granted.map(({ epoch }) => epoch)).to.deep.equal([1]);
      expect(await listed()).to.deep.equal(granted);
    });

    it("are acquired by one of many callers with the next epoch after they expired", async () => {
      const { name } = await acquire("ran-out", "dead");
      await db.passTime(HOUR_MS);
      const granted = (await wanted(name)).filter((lease) => lease !== undefined);
      expect(granted.map(({ epoch }) => epoch)).to.deep.equal([2]);
    });

    it("are renewed by their owner with the same epoch, and refused to others", async () => {
      const lease = await acquire("mine");
      expect(lease).to.deep.equal({ name: `${prefix}mine`, owner: "me", epoch: 1 });
      expect(await refused("mine", "you")).to.equal(undefined);
      expect(await refused("mine", "you", db.other)).to.equal(undefined);
      expect(await acquire("mine")).to.deep.equal(lease);
    });

    it("expire one lease time after the last renewal", async () => {
      const lease = await acquire("renewed");
      for (let times = 0; times < 2; times += 1) {
        await db.passTime(0.8 * MINUTE_MS);
        expect(await acquire("renewed")).to.deep.equal(lease);
      }
      await db.passTime(0.8 * MINUTE_MS);
      expect(await listed()).to.deep.equal([lease]);
      expect(await refused("renewed", "you")).to.equal(undefined);
      await db.passTime(0.4 * MINUTE_MS);
      expect(await listed()).to.deep.equal([]);
    });

    it("can be renewed for a shorter time", async () => {
      await acquire("shorter", "me", HOUR_MS);
      await acquire("shorter", "me", MINUTE_MS);
      await db.passTime(2 * MINUTE_MS);
      expect((await acquire("shorter", "you")).epoch).to.equal(2);
    });

    it("have a higher epoch after they expired, even for the same owner", async () => {
      await acquire("slept");
      await db.passTime(HOUR_MS);
      expect((await acquire("slept")).epoch).to.equal(2);
      await db.passTime(HOUR_MS);
      expect(await acquire("slept", "you")).to.include({ owner: "you", epoch: 3 });
    });

    it("can be released, and are then acquired with the next epoch", async () => {
      const lease = await acquire("given");
      await db.other.leases.release(lease);
      expect(await listed()).to.deep.equal([]);
      const next = await acquire("given", "you");
      expect(next).to.deep.equal({ ...lease, owner: "you", epoch: 2 });
      await db.core.leases.release(lease);
      expect(await listed(), "after a late release").to.deep.equal([next]);
    });

    it("are released only by the owner with the current epoch", async () => {
      const lease = await acquire("kept");
      for (const wrong of [
        { ...lease, owner: "you" },
        { ...lease, epoch: 2 },
        { ...lease, name: `${lease.name}0` },
      ]) {
        await db.core.leases.release(wrong);
      }
      expect(await listed()).to.deep.equal([lease]);
      await db.passTime(HOUR_MS);
      const again = await acquire("kept");
      await db.core.leases.release(lease);
      expect(await listed(), "of an epoch that is over").to.deep.equal([again]);
    });

    it("are listed while they are live, by a case-sensitive prefix of the name", async () => {
      await acquire("a_%:9", "me", HOUR_MS);
      await acquire("a_%:4");
      await acquire("abc:3", "me", HOUR_MS);
      await acquire("a_%:10", "you", HOUR_MS);
      await db.passTime(2 * MINUTE_MS);
      const found = await db.other.leases.list(`${prefix}a_%:`);
      expect(found).to.deep.equal([
        { name: `${prefix}a_%:10`, owner: "you", epoch: 1 },
        { name: `${prefix}a_%:9`, owner: "me", epoch: 1 },
      ]);
      expect(await db.core.leases.list(`${prefix}a_%:99`)).to.deep.equal([]);
      expect((await db.core.leases.list("")).length).to.be.at.least(3);
    });

    it("are deleted only long after they expired; their epochs then start again", async () => {
      await acquire("member:old", "old");
      await acquire("job:old", "old");
      await db.passTime(HOUR_MS);
      await acquire("member:new", "new");
      await acquire("member:living", "living", HOUR_MS);
      await db.passTime(2 * MINUTE_MS);
      const forget = (ageMs: number) => db.core.leases.forget(`${prefix}member:`, ageMs);
      expect(await forget(2 * HOUR_MS)).to.equal(0);
      expect(await forget(30 * MINUTE_MS)).to.equal(1);
      expect(await forget(30 * MINUTE_MS)).to.equal(0);
      expect((await acquire("member:old")).epoch, "forgotten").to.equal(1);
      expect((await acquire("member:new")).epoch, "ran out of late").to.equal(2);
      expect((await acquire("job:old")).epoch, "of another name").to.equal(2);
      expect(await refused("member:living", "you")).to.equal(undefined);
    });
  });
}
