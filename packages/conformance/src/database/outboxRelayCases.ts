import type { Lease } from "@onsale/core";
import { expect } from "chai";
import {
  answerAfterWaiting,
  besideOpen,
  committed,
  ENDS,
  expectWaiting,
} from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { useBucket } from "./outboxBucket.ts";
import { HOUR_MS } from "./show.ts";

const FAILURE = { error: "503", retryInMs: 0, dead: false };

/** Cases about how a relay marks messages, and about the lease that it needs for this. */
export function outboxRelayCases(db: DatabaseUnderTest): void {
  describe("marks of a relay in the database", () => {
    const bucket = useBucket(db);
    const mark = (ids: readonly number[], lease = bucket.lease()): Promise<number> =>
      committed(db.other, ({ outbox }, tx) => outbox.markPublished(tx, [lease], ids));

    it("count each published message once", async () => {
      await bucket.append(bucket.message(), bucket.message(), bucket.message());
      const [one = 0, two = 0, three = 0] = (await bucket.due()).map(({ id }) => id);
      expect(await mark([])).to.equal(0);
      expect(await mark([one, two])).to.equal(2);
      expect(await mark([one, two, three, 999_999_999])).to.equal(1);
      expect(await mark([one, two, three])).to.equal(0);
      expect(await bucket.due()).to.deep.equal([]);
    });

    it("change no DEAD message, and never mark a published message as failed", async () => {
      const [dead, sent] = [bucket.message(), bucket.message()];
      await bucket.append(dead, sent);
      const [deadId, sentId] = [await bucket.idOf(dead), await bucket.idOf(sent)];
      await bucket.fail(dead, { dead: true });
      expect(await mark([deadId, sentId])).to.equal(1);
      for (const id of [deadId, sentId]) {
        await db.core.outbox.markFailed(null, { id, attempts: 1 }, FAILURE);
      }
      expect(await bucket.due()).to.deep.equal([]);
    });

    it("change nothing when the lease has expired or another relay has it", async () => {
      await bucket.append(bucket.message());
      const [id = 0] = (await bucket.due()).map((stored) => stored.id);
      const lease = bucket.lease();
      const wrong = [
        { ...lease, owner: "another" },
        { ...lease, epoch: lease.epoch + 1 },
        { ...lease, name: `${lease.name}0` },
      ];
      for (const one of wrong) expect(await mark([id], one)).to.equal(0);
      await db.passTime(25 * HOUR_MS);
      expect(await mark([id]), "after the lease ran out").to.equal(0);
      const taken = await db.core.leases.acquire(lease.name, "another", HOUR_MS);
      expect(taken?.epoch).to.equal(lease.epoch + 1);
      expect(await mark([id]), "after another took it").to.equal(0);
      expect(await bucket.due()).to.have.length(1);
      if (!taken) throw new Error("it was taken");
      expect(await mark([id], taken)).to.equal(1);
    });

    it("are made of several buckets together, when all leases are valid", async () => {
      const [second, third] = [bucket.number() + 10_000, bucket.number() + 20_000];
      await bucket.append(bucket.message(), bucket.message({ bucket: second }));
      const leaseOf = (number: number) =>
        db.core.leases.acquire(`outbox-bucket:${number}`, bucket.lease().owner, HOUR_MS);
      const [own, valid, ended] = [bucket.lease(), await leaseOf(second), await leaseOf(third)];
      if (!valid || !ended) throw new Error("no other case has these buckets");
      const dueIn = async (number: number) =>
        (await db.other.outbox.due(null, number, 10)).map(({ id }) => id);
      const ids = [...(await dueIn(bucket.number())), ...(await dueIn(second))];
      const markOf = (leases: readonly Lease[]) =>
        committed(db.other, ({ outbox }, tx) => outbox.markPublished(tx, leases, ids));
      await db.core.leases.release(ended);
      expect(await markOf([]), "without a lease").to.equal(0);
      expect(await markOf([own, valid, ended]), "one lease has ended").to.equal(0);
      const older = { ...valid, epoch: valid.epoch - 1 };
      expect(await markOf([own, older]), "one lease of an older epoch").to.equal(0);
      expect(await markOf([own, valid])).to.equal(2);
      expect(await bucket.due()).to.deep.equal([]);
      expect(await dueIn(second)).to.deep.equal([]);
    });

    it("do not block transactions that write new messages", async () => {
      await bucket.append(bucket.message(), bucket.message());
      await besideOpen(db.core, async (relay) => {
        await relay.act(async ({ outbox }, tx) => {
          const ids = (await outbox.due(tx, bucket.number(), 10)).map(({ id }) => id);
          expect(await outbox.markPublished(tx, [bucket.lease()], ids)).to.equal(2);
        });
        await committed(db.other, ({ outbox }, tx) => outbox.append(tx, [bucket.message()]));
        expect(await bucket.due(), "before the relay commits").to.have.length(3);
        await relay.end("commit");
      });
      expect(await bucket.due()).to.have.length(1);
    });

    for (const end of ENDS) {
      it(`count once when two relays make them at the same time (first: ${end})`, async () => {
        await bucket.append(bucket.message());
        const ids = (await bucket.due()).map(({ id }) => id);
        const count = await answerAfterWaiting(db, {
          first: ({ outbox }, tx) => outbox.markPublished(tx, [bucket.lease()], ids),
          end,
          second: ({ outbox }, tx) => outbox.markPublished(tx, [bucket.lease()], ids),
        });
        expect(count).to.equal(end === "commit" ? 0 : 1);
        expect(await bucket.due()).to.deep.equal([]);
      });

      it(`keep the relay's lease locked until the ${end} of their transaction`, async () => {
        await bucket.append(bucket.message());
        const ids = (await bucket.due()).map(({ id }) => id);
        const lease = bucket.lease();
        const taken = await besideOpen(db.core, async (relay) => {
          await relay.act(({ outbox }, tx) => outbox.markPublished(tx, [lease], ids));
          const release = db.other.leases
            .release(lease)
            .then(() => db.other.leases.acquire(lease.name, "another", HOUR_MS));
          await expectWaiting(db.core, release);
          await relay.end(end);
          return release;
        });
        expect(taken).to.deep.equal({ ...lease, owner: "another", epoch: lease.epoch + 1 });
        expect(await bucket.due()).to.have.length(end === "commit" ? 0 : 1);
      });

      it(`decide by their ${end} whether a later failure of the message counts`, async () => {
        await bucket.append(bucket.message());
        const [id = 0] = (await bucket.due()).map((stored) => stored.id);
        await answerAfterWaiting(db, {
          first: ({ outbox }, tx) => outbox.markPublished(tx, [bucket.lease()], [id]),
          end,
          second: ({ outbox }, tx) => outbox.markFailed(tx, { id, attempts: 0 }, FAILURE),
        });
        const attempts = (await bucket.due()).map((stored) => stored.attempts);
        expect(attempts).to.deep.equal(end === "commit" ? [] : [1]);
      });
    }
  });
}
