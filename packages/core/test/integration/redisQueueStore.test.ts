import { expect } from "chai";
import { openQueueRoom, type QueueRoom, ROOM, range } from "../support/queueRoom.ts";

describe("waiting room in Redis", () => {
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

  describe("join", () => {
    it("gives growing sequences and 1-based positions", async () => {
      await room.seed();
      const sequences = await room.join(...range(1, 50));
      expect([...sequences].sort((a, b) => a - b)).to.deep.equal(sequences);
      expect(new Set(sequences).size).to.equal(50);
      expect(await room.store.place(ROOM, 50)).to.deep.include({ status: "WAITING", position: 50 });
    });

    it("takes the server's time in microseconds as the sequence", async () => {
      await room.seed();
      const [seconds, micros] = await room.redis.client.time();
      const nowUs = Number(seconds) * 1_000_000 + Number(micros);
      const [sequence = 0] = await room.join(1);
      expect(sequence).to.be.within(nowUs, nowUs + 10_000_000);
    });

    it("goes on above the last known sequence when the clock is behind it", async () => {
      const ahead = 8_000_000_000_000_000;
      await room.seed({}, { lastSequence: ahead });
      expect(await room.join(1, 2)).to.deep.equal([ahead + 1, ahead + 2]);
    });

    it("gives the same place when joining again", async () => {
      await room.seed();
      const [first] = await room.join(1, 2);
      const again = await room.store.join(ROOM, 1);
      expect(again).to.deep.include({ status: "WAITING", sequence: first, position: 1 });
      expect((await room.promote()).promoted).to.have.length(2);
    });

    it("gives one place to a user who joins 20 times at once on three connections", async () => {
      await room.seed();
      const stores = [room.store, await room.another(), await room.another()];
      const places = await Promise.all(
        range(0, 19).map((i) => (stores[i % 3] ?? room.store).join(ROOM, 7)),
      );
      expect(new Set(places.map((place) => JSON.stringify(place))).size).to.equal(1);
    });

    it("takes nobody new while draining, and keeps who is in line", async () => {
      await room.seed({ mode: "draining" });
      expect(await room.store.join(ROOM, 1)).to.deep.equal({ status: "CLOSED" });
      const restored = await room.store.join(ROOM, 2, 1_700_000_000_000_000);
      expect(restored).to.include({ status: "WAITING" });
      expect(await room.store.join(ROOM, 2)).to.include({ status: "WAITING" });
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("shows an admitted user the admission", async () => {
      await room.seed();
      const [sequence] = await room.join(1);
      const [pass] = await room.promoteAndSettle();
      expect(await room.store.join(ROOM, 1)).to.deep.equal({
        status: "ACTIVE",
        userId: 1,
        sequence,
        expiresAtMs: pass?.expiresAtMs,
      });
    });

    it("sends a user whose admission is overdue to the tail and ends it", async () => {
      await room.seed();
      const [first = 0] = await room.join(1);
      await room.promoteAndSettle();
      await room.join(2);
      await room.age("active", 600_001);
      const again = await room.store.join(ROOM, 1);
      expect(again).to.include({ status: "WAITING", position: 2, activeCount: 0 });
      expect(again).to.have.property("sequence").above(first);
      const { ended } = await room.promote();
      expect(
        ended.map(({ userId, sequence, reason }) => ({ userId, sequence, reason })),
      ).to.deep.equal([{ userId: 1, sequence: first, reason: "EXPIRED" }]);
    });
  });

  describe("promotion", () => {
    it("admits in the order of joining", async () => {
      await room.seed({ activeCountMax: 3 });
      await room.join(5, 4, 3, 2, 1);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([5, 4, 3]);
      expect(await room.store.place(ROOM, 2)).to.include({ status: "WAITING", position: 1 });
    });

    it("tells of each pass who, which place, when entered, admitted and until when", async () => {
      await room.seed();
      const [sequence = 0] = await room.join(9);
      const { promoted, movedCount, waitingCount, activeCount } = await room.promote();
      expect({ movedCount, waitingCount, activeCount }).to.deep.equal({
        movedCount: 1,
        waitingCount: 0,
        activeCount: 1,
      });
      const [pass] = promoted;
      expect(pass).to.include({ userId: 9, sequence, enteredAtUs: sequence });
      expect(pass?.admittedAtUs).to.be.at.least(sequence);
      expect(pass?.expiresAtMs).to.equal(Math.floor((pass?.admittedAtUs ?? 0) / 1000) + 600_000);
    });

    it("never lets more be active than the cap, with 20 promoters at once", async () => {
      await room.seed({ activeCountMax: 37 });
      await room.join(...range(1, 200));
      const stores = await Promise.all(range(1, 20).map(() => room.another()));
      const results = await Promise.all(stores.map((store) => store.promote(ROOM, 10)));
      const moved = results.flatMap((result) => ("status" in result ? [] : result.promoted));
      expect(moved.map((pass) => pass.userId).sort((a, b) => a - b)).to.deep.equal(range(1, 37));
      expect(await room.store.stats(ROOM)).to.include({ activeCount: 37, waitingCount: 163 });
    });

    it("moves no more than asked for", async () => {
      await room.seed();
      await room.join(...range(1, 10));
      expect((await room.promote(4)).promoted).to.have.length(4);
    });

    it("admits no more than a second's share of the rate within a second", async () => {
      await room.seed({ admissionRatePerMinute: 601 });
      await room.join(...range(1, 40));
      expect((await room.promote()).promoted).to.have.length(11);
      expect(await room.promoteAndSettle()).to.have.length(0);
      await room.age("admissions", 1_000_001);
      await room.age("passes", 1_000_001);
      await room.promoteAndSettle();
      expect(await room.promoteAndSettle()).to.have.length(11);
    });

    it("admits no more than the rate within a minute", async () => {
      await room.seed({ admissionRatePerMinute: 3 });
      await room.join(...range(1, 10));
      const admitted: number[] = [];
      for (let second = 0; second < 6; second += 1) {
        admitted.push(...userIdsOf(await room.promoteAndSettle()));
        await room.age("admissions", 1_000_001);
      }
      expect(admitted).to.deep.equal([1, 2, 3]);
      await room.age("admissions", 60_000_000);
      expect(userIdsOf(await room.promoteAndSettle())).to.deep.equal([4]);
    });

    it("admits nobody while paused, and goes on when opened again", async () => {
      await room.seed({ mode: "paused" });
      await room.join(1);
      expect((await room.promote()).promoted).to.have.length(0);
      const { settings } = await statsOf();
      await room.store.configure(ROOM, { ...settings, mode: "open" });
      expect((await room.promote()).promoted).to.have.length(1);
    });

    it("ends overdue admissions and gives their slots to the next in line", async () => {
      await room.seed({ activeCountMax: 1 });
      const [sequence] = await room.join(1, 2);
      await room.promoteAndSettle();
      await room.age("active", 600_001);
      const { ended, promoted } = await room.promote();
      expect(ended).to.have.length(1);
      expect(ended[0]).to.include({ userId: 1, sequence, reason: "EXPIRED" });
      expect(ended[0]?.endedAtUs).to.equal(promoted[0]?.admittedAtUs);
      expect(userIdsOf(promoted)).to.deep.equal([2]);
      expect(await statusOf(1)).to.equal("NONE");
    });

    it("takes the slot back from a user who never showed up", async () => {
      await room.seed({ activeCountMax: 1 });
      await room.join(1, 2);
      await room.promoteAndSettle();
      await room.age("unclaimed", 600_001);
      const { ended, promoted } = await room.promote();
      expect(ended[0]).to.include({ userId: 1, reason: "UNCLAIMED" });
      expect(userIdsOf(promoted)).to.deep.equal([2]);
    });

    for (const way of ["place", "join"] as const) {
      it(`leaves the slot to a user who showed up by ${way}`, async () => {
        await room.seed({ activeCountMax: 1 });
        await room.join(1, 2);
        await room.promoteAndSettle();
        await room.store[way](ROOM, 1);
        await room.age("unclaimed", 600_001);
        const { ended, promoted } = await room.promote();
        expect([ended, promoted]).to.deep.equal([[], []]);
        expect(await statusOf(1)).to.equal("ACTIVE");
      });
    }

    it("trims its log of admissions without ever forgetting the last minute", async () => {
      await room.seed({ activeCountMax: 10_000 });
      await room.join(...range(1, 40));
      await room.promoteAndSettle();
      await room.age("admissions", 61_000_000);
      await room.join(41);
      await room.promoteAndSettle();
      expect(await room.redis.client.zcard(room.key("admissions"))).to.equal(1);
    });
  });

  describe("leave", () => {
    it("frees an active slot at once and tells which place ended", async () => {
      await room.seed({ activeCountMax: 1 });
      const [sequence] = await room.join(1, 2);
      const [pass] = await room.promoteAndSettle();
      const answer = await room.store.leave(ROOM, 1, "PAID");
      expect(answer).to.have.nested.include({
        status: "ENDED",
        "ended.userId": 1,
        "ended.sequence": sequence,
        "ended.reason": "PAID",
      });
      expect(answer)
        .to.have.nested.property("ended.endedAtUs")
        .above(pass?.admittedAtUs ?? 0);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("gives up a waiting place without an end to record", async () => {
      await room.seed();
      await room.join(1, 2);
      expect(await room.store.leave(ROOM, 1, "LEFT")).to.deep.equal({
        status: "ENDED",
        ended: undefined,
      });
      expect(await room.store.place(ROOM, 2)).to.include({ position: 1 });
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("ends once for 20 leaves at once", async () => {
      await room.seed();
      await room.join(1);
      await room.promoteAndSettle();
      const answers = await Promise.all(range(1, 20).map(() => room.store.leave(ROOM, 1, "LEFT")));
      expect(answers.filter((answer) => answer.status === "ENDED")).to.have.length(1);
      expect((await room.promote()).ended).to.have.length(1);
    });

    it("finds nobody where nobody is", async () => {
      await room.seed();
      expect(await room.store.leave(ROOM, 1, "LEFT")).to.deep.equal({ status: "NONE" });
    });

    it("sends a user who joins again to the tail", async () => {
      await room.seed();
      await room.join(1, 2);
      await room.store.leave(ROOM, 1, "LEFT");
      expect(await room.store.join(ROOM, 1)).to.include({ position: 2 });
    });
  });

  async function statsOf() {
    const stats = await room.store.stats(ROOM);
    if ("status" in stats) throw new Error("the room is missing");
    return stats;
  }

  it("counts who waits, who is active and who was admitted of late", async () => {
    await room.seed({ activeCountMax: 2 });
    const sequences = await room.join(1, 2, 3);
    await room.promoteAndSettle();
    await room.store.leave(ROOM, 1, "PAID");
    expect(await statsOf()).to.deep.include({
      waitingCount: 1,
      activeCount: 1,
      recentAdmissions: 2,
      lastSequence: sequences[2],
    });
  });

  it("keeps every key of a queue under the queue's hash tag", async () => {
    await room.seed({ activeCountMax: 1 });
    await room.store.join(ROOM, 1);
    await room.store.join(ROOM, 2, 5);
    await room.promote();
    const keys = await room.redis.client.keys(room.key("*"));
    expect(keys).to.have.length.above(5);
    expect(await room.redis.client.keys(`${room.key("").split("queue:")[0]}*`)).to.have.length(
      keys.length,
    );
  });
});
