import { expect } from "chai";
import { openQueueRoom, type QueueRoom, ROOM, range } from "../support/queueRoom.ts";

describe("waiting room in Redis: passes and ends until the database has them", () => {
  let room: QueueRoom;
  before(async () => {
    room = await openQueueRoom();
  });
  beforeEach(() => room.lose());
  after(() => room.close());

  const userIdsOf = (list: readonly { userId: number }[]): number[] =>
    list.map((entry) => entry.userId);

  async function statusOf(userId: number): Promise<string> {
    return (await room.store.place(ROOM, userId)).status;
  }

  it("hands unrecorded passes to the next promoter, and nobody else passes before", async () => {
    await room.seed();
    await room.join(1, 2);
    const lost = await room.promote();
    await room.join(3);
    await room.age("passes", 1_000_001);
    const found = await room.promote();
    expect(found.promoted).to.deep.equal(lost.promoted);
    expect(found.movedCount).to.equal(0);
    await room.store.settle(ROOM, found.journal);
    expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([3]);
  });

  it("leaves passes alone that another promoter is just recording", async () => {
    await room.seed();
    await room.join(1);
    await room.promote();
    await room.join(2);
    expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
  });

  it("stops admitting when too many passes are unrecorded", async () => {
    await room.seed({ activeCountMax: 10_000 });
    await room.join(...range(1, 2100));
    for (let batch = 0; batch < 4; batch += 1)
      expect((await room.promote()).movedCount).to.equal(500);
    expect((await room.promote()).movedCount).to.equal(0);
  });

  it("tells of an end only once its pass is recorded", async () => {
    await room.seed();
    await room.join(1);
    const { journal } = await room.promote();
    await room.store.leave(ROOM, 1, "PAID");
    expect((await room.promote()).ended).to.deep.equal([]);
    await room.store.settle(ROOM, journal);
    const { ended } = await room.promote();
    expect(ended[0]).to.include({ userId: 1, reason: "PAID" });
  });

  it("tells of an end together with its pass when a promoter before left both", async () => {
    const admittedUs = Date.now() * 1000 - 5_000_000;
    const pass = `7:1:${admittedUs}:7:${Date.now() + 60_000}`;
    const end = `7:1:${admittedUs}:${admittedUs + 1}:LEFT`;
    await room.seed();
    await room.redis.client.zadd(room.key("passes"), admittedUs, pass);
    await room.redis.client.zadd(room.key("ends"), admittedUs + 1, end);
    const { promoted, ended, journal } = await room.promote();
    expect([userIdsOf(promoted), userIdsOf(ended)]).to.deep.equal([[1], [1]]);
    await room.store.settle(ROOM, journal);
    expect(await room.promote()).to.deep.include({ promoted: [], ended: [], activeCount: 0 });
  });

  it("tells of an end again until it is settled, and never after", async () => {
    await room.seed();
    await room.join(1);
    await room.promoteAndSettle();
    await room.store.leave(ROOM, 1, "PAID");
    expect((await room.promote()).ended).to.have.length(1);
    const { ended, journal } = await room.promote();
    expect(ended).to.have.length(1);
    await room.store.settle(ROOM, journal);
    expect((await room.promote()).ended).to.have.length(0);
  });

  it("takes over passes of an earlier generation, recorded after the seeding", async () => {
    await room.seed();
    await room.join(1, 2);
    const { journal } = await room.promote();
    await room.lose();
    await room.seed({ activeCountMax: 2 });
    await room.store.join(ROOM, 1);
    await room.join(3);
    await room.store.settle(ROOM, journal);
    expect(await statusOf(1)).to.equal("ACTIVE");
    expect(await statusOf(2)).to.equal("ACTIVE");
    expect((await room.promote()).promoted).to.deep.equal([]);
    await room.store.settle(ROOM, journal);
    expect(await room.store.stats(ROOM)).to.include({ activeCount: 2, waitingCount: 1 });
  });

  it("takes over no pass of its own generation that has ended", async () => {
    await room.seed();
    await room.join(1);
    const { journal } = await room.promote();
    await room.store.settle(ROOM, journal);
    await room.store.leave(ROOM, 1, "PAID");
    await room.store.settle(ROOM, journal);
    expect(await statusOf(1)).to.equal("NONE");
  });
});
