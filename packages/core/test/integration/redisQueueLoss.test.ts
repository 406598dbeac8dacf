import { expect } from "chai";
import { openQueueRoom, type QueueRoom, ROOM, range } from "../support/queueRoom.ts";

describe("waiting room in Redis, after a loss", () => {
  let room: QueueRoom;
  before(async () => {
    room = await openQueueRoom();
  });
  beforeEach(() => room.lose());
  after(() => room.close());

  it("answers MISSING to everything before it is seeded", async () => {
    const missing = { status: "MISSING" };
    expect(await room.store.join(ROOM, 1)).to.deep.equal(missing);
    expect(await room.store.join(ROOM, 1, 5)).to.deep.equal(missing);
    expect(await room.store.place(ROOM, 1)).to.deep.equal(missing);
    expect(await room.store.promote(ROOM, 1)).to.deep.equal(missing);
    expect(await room.store.leave(ROOM, 1, "LEFT")).to.deep.equal(missing);
    expect(await room.store.stats(ROOM)).to.deep.equal(missing);
    await room.store.settle(ROOM, { passes: ["1:1:1:1:9000000000000"], ends: [] });
    expect(await room.redis.client.keys(room.key("*"))).to.deep.equal([]);
  });

  it("lets one of 20 seeders begin the generation", async () => {
    const starts = await Promise.all(range(1, 20).map(() => room.seed()));
    expect(new Set(starts).size).to.equal(1);
  });

  it("keeps who joined when somebody seeds a living generation", async () => {
    await room.seed();
    await room.join(1);
    await room.seed({ activeCountMax: 1 }, { quietMs: 60_000 });
    expect(await room.store.stats(ROOM)).to.include({ waitingCount: 1 });
    expect((await room.promote()).promoted).to.have.length(1);
  });

  it("forgets what a partial loss left behind", async () => {
    await room.seed();
    await room.join(1);
    await room.redis.client.unlink(room.key("room"));
    await room.seed();
    expect(await room.store.place(ROOM, 1)).to.deep.equal({ status: "NONE" });
  });

  it("gives sequences above all that came before", async () => {
    await room.seed();
    const before = await room.join(...range(1, 20));
    await room.lose();
    await room.seed();
    const after = await room.join(...range(21, 40));
    expect(Math.min(...after)).to.be.above(Math.max(...before));
  });

  it("counts the passes that are out against the cap until their end", async () => {
    const expiresAtMs = Date.now() + 60_000;
    const active = range(1, 3).map((userId) => ({ userId, sequence: userId, expiresAtMs }));
    await room.seed({ activeCountMax: 4 }, { active, lastSequence: 3 });
    await room.join(10, 11);
    expect(await room.store.place(ROOM, 2)).to.deep.equal({
      status: "ACTIVE",
      userId: 2,
      sequence: 2,
      expiresAtMs,
    });
    expect((await room.promote()).promoted).to.have.length(1);
    await room.store.leave(ROOM, 2, "PAID");
    const { promoted, ended } = await room.promote();
    expect(promoted.map((pass) => pass.userId)).to.deep.equal([11]);
    expect(ended[0]).to.include({ userId: 2, sequence: 2, reason: "PAID" });
  });

  it("counts the admissions of the last minute against the rate", async () => {
    const nowUs = Date.now() * 1000;
    const recentAdmissionsUs = range(1, 8).map((second) => nowUs - (second + 1) * 1_000_000);
    await room.seed({ admissionRatePerMinute: 10 }, { recentAdmissionsUs });
    await room.join(...range(1, 5));
    const admitted: number[] = [];
    for (let second = 0; second < 4; second += 1) {
      admitted.push(...(await room.promoteAndSettle()).map((pass) => pass.userId));
      await room.age("admissions", 1_000_001);
    }
    expect(admitted).to.deep.equal([1, 2]);
  });

  it("admits nobody within the quiet time", async () => {
    await room.seed({}, { quietMs: 60_000 });
    await room.join(1);
    expect((await room.promote()).promoted).to.deep.equal([]);
    await room.redis.client.hset(room.key("room"), "quietUntilUs", 1);
    expect((await room.promote()).promoted).to.have.length(1);
  });

  it("puts everybody back in the old order, whatever order they come back in", async () => {
    await room.seed();
    const users = range(1, 30);
    const sequences = await room.join(...users);
    await room.lose();
    await room.seed({}, { quietMs: 60_000 });
    const newcomer = 99;
    await room.store.join(ROOM, newcomer);
    const shuffled = users.map((userId) => ((userId * 17) % 31) - 1);
    await Promise.all(shuffled.map((i) => room.store.join(ROOM, users[i] ?? 0, sequences[i] ?? 0)));
    await room.redis.client.hset(room.key("room"), "quietUntilUs", 1);
    const { promoted } = await room.promote();
    expect(promoted.map((pass) => pass.userId)).to.deep.equal([...users, newcomer]);
    expect(promoted.map((pass) => pass.sequence).slice(0, 30)).to.deep.equal(sequences);
  });

  it("notes when a restored place entered the line, later than its sequence says", async () => {
    await room.seed();
    const [sequence = 0] = await room.join(1);
    await room.lose();
    const startedUs = await room.seed();
    await room.store.join(ROOM, 1, sequence);
    const [pass] = (await room.promote()).promoted;
    expect(pass?.sequence).to.equal(sequence);
    expect(pass?.enteredAtUs).to.be.at.least(startedUs);
    expect(pass?.enteredAtUs).to.be.at.most(pass?.admittedAtUs ?? 0);
  });

  it("doubles nobody who takes the old place twice, or after joining at the tail", async () => {
    await room.seed();
    const [first = 0, second = 0] = await room.join(1, 2);
    await room.lose();
    await room.seed();
    await room.store.join(ROOM, 1);
    await Promise.all(range(1, 10).map(() => room.store.join(ROOM, 1, first)));
    await room.store.join(ROOM, 2, second);
    const { promoted } = await room.promote();
    expect(promoted.map(({ userId, sequence }) => [userId, sequence])).to.deep.equal([
      [1, first],
      [2, second],
    ]);
  });

  it("never moves a place backwards", async () => {
    await room.seed();
    const [sequence = 0] = await room.join(1);
    const place = await room.store.join(ROOM, 1, sequence + 1_000_000);
    expect(place).to.include({ status: "WAITING", sequence });
  });
});
