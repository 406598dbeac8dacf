import { present, range } from "@onsale/conformance/queue/queueRoom";
import { expect } from "chai";
import { openQueueRoom, type QueueRoom, ROOM } from "../support/queueRoom.ts";

/** Tests of Redis keys; `queueConformance.test.ts` has the cases for every queue store. */
describe("the keys of a queue in Redis", () => {
  let room: QueueRoom;
  before(async () => {
    room = await openQueueRoom();
  });
  beforeEach(() => room.lose());
  after(() => room.close());

  it("have the queue's hash tag", async () => {
    await room.rebuild({ activeCountMax: 1 });
    await room.store.join(ROOM, 1);
    await room.store.join(ROOM, 2, 5);
    await room.store.promote(ROOM, 500);
    const keys = await room.redis.client.keys(room.key("*"));
    expect(keys).to.have.length.above(5);
    expect(await room.redis.client.keys(`${room.key("").split("queue:")[0]}*`)).to.have.length(
      keys.length,
    );
  });

  it("are created only by a rebuild", async () => {
    await room.store.join(ROOM, 1, 5);
    await room.store.leave(ROOM, 1, "LEFT");
    await room.store.settle(ROOM, { promotions: ["1:1:1:1:9000000000000"], ends: [] });
    await room.rebuild();
    const { settings } = await room.stats();
    await room.lose();
    await room.store.configure(ROOM, settings, 1);
    expect(await room.redis.client.keys(room.key("*"))).to.deep.equal([]);
  });

  it("are ignored when the generation is lost, and removed by the next rebuild", async () => {
    await room.rebuild();
    await room.store.join(ROOM, 1);
    await room.redis.client.unlink(room.key("room"));
    expect(await room.store.place(ROOM, 1)).to.deep.equal({ status: "MISSING" });
    await room.rebuild();
    expect(await room.store.place(ROOM, 1)).to.deep.equal({ status: "NONE" });
  });

  it("contain the admissions of the last minute, and lose older admissions", async () => {
    await room.rebuild();
    for (const userId of range(1, 40)) await room.store.join(ROOM, userId);
    await room.store.settle(ROOM, present(await room.store.promote(ROOM, 500)).journal);
    await room.passTime(61_000);
    await room.store.join(ROOM, 41);
    await room.store.promote(ROOM, 500);
    expect(await room.redis.client.zcard(room.key("admissions"))).to.equal(1);
  });
});
