import { expect } from "chai";
import { type RoomUnderTest, range, userIdsOf, WIDE } from "./queueRoom.ts";

/** Cases about a store that lost its whole state, and about the state that a rebuild restores. */
export function queueLossCases(room: RoomUnderTest): void {
  describe("a queue without Redis state", () => {
    it("answers MISSING to every call", async () => {
      const missing = { status: "MISSING" };
      const store = room.store();
      expect(await room.join(1)).to.deep.equal(missing);
      expect(await room.join(1, 5)).to.deep.equal(missing);
      expect(await room.place(1)).to.deep.equal(missing);
      expect(await store.promote(room.queueId(), 1)).to.deep.equal(missing);
      expect(await room.leave(1)).to.deep.equal(missing);
      expect(await store.stats(room.queueId())).to.deep.equal(missing);
    });

    it("is not created by settings or by a settled journal", async () => {
      await room.rebuild();
      await room.line(1);
      const { journal } = await room.promote();
      await room.lose();
      await room.settle(journal);
      expect(await room.store().configure(room.queueId(), WIDE, 2)).to.deep.equal({
        status: "MISSING",
      });
      expect(await room.place(1)).to.deep.equal({ status: "MISSING" });
      await room.rebuild({ mode: "paused" });
      expect(await room.stats()).to.have.nested.include({
        activeCount: 0,
        "settings.mode": "paused",
      });
    });
  });

  describe("a queue that was rebuilt", () => {
    it("answers MISSING again after another loss", async () => {
      await room.rebuild();
      await room.line(1, 2);
      await room.promote(1);
      await room.lose();
      expect(await room.place(1)).to.deep.equal({ status: "MISSING" });
      await room.rebuild();
      expect(await room.place(1)).to.deep.equal({ status: "NONE" });
      expect(await room.place(2)).to.deep.equal({ status: "NONE" });
      const { promoted, ended, journal } = await room.promote();
      expect({ promoted, ended, journal }).to.deep.equal({
        promoted: [],
        ended: [],
        journal: { promotions: [], ends: [] },
      });
    });

    it("keeps the users who joined when it is rebuilt needlessly", async () => {
      const startedUs = await room.rebuild();
      await room.line(1);
      const again = await room.rebuild({ activeCountMax: 1, mode: "paused" }, { quietMs: 60_000 });
      expect(again).to.equal(startedUs);
      expect(await room.stats()).to.include({ waitingCount: 1 });
      expect((await room.promote()).promoted).to.have.length(1);
    });

    it("returns sequences above the last known sequence", async () => {
      await room.rebuild();
      const before = await room.line(...range(1, 20));
      await room.lose();
      await room.rebuild();
      const after = await room.line(...range(21, 40));
      expect(Math.min(...after)).to.be.above(Math.max(...before));
    });

    it("counts restored admissions against the cap until they end", async () => {
      const admittedAtUs = await room.nowUs();
      const expiresAtMs = Math.floor(admittedAtUs / 1000) + 60_000;
      const active = range(1, 3).map((userId) => ({
        ...{ userId, sequence: userId, admittedAtUs, expiresAtMs },
      }));
      await room.rebuild({ activeCountMax: 4, activationMs: 1_000 }, { active, lastSequence: 3 });
      await room.line(10, 11);
      const admission = { status: "ACTIVE", userId: 2, sequence: 2, expiresAtMs };
      expect(await room.place(2)).to.deep.equal(admission);
      expect(await room.promoteAndSettle()).to.have.length(1);
      await room.leave(2, "PAID");
      const { promoted, ended, journal } = await room.promote();
      expect(userIdsOf(promoted)).to.deep.equal([11]);
      expect(ended[0]).to.include({ userId: 2, sequence: 2, reason: "PAID" });
      await room.settle(journal);
      await room.passTime(60_001);
      const last = (await room.promote()).ended.map(({ userId, reason }) => [userId, reason]);
      expect(last).to.deep.include.members([
        [1, "EXPIRED"],
        [3, "EXPIRED"],
        [10, "UNCLAIMED"],
      ]);
    });

    it("counts restored admissions of the last minute against the rate", async () => {
      const nowUs = await room.nowUs();
      const recentAdmissionsUs = range(1, 8).map((second) => nowUs - (second + 1) * 1_000_000);
      await room.rebuild({ admissionRatePerMinute: 10 }, { recentAdmissionsUs });
      await room.line(...range(1, 5));
      const admitted: number[] = [];
      for (let second = 0; second < 4; second += 1) {
        admitted.push(...userIdsOf(await room.promoteAndSettle()));
        await room.passTime(1_001);
      }
      expect(admitted).to.deep.equal([1, 2]);
    });
  });

  describe("a queue in the quiet time after a rebuild", () => {
    it("promotes no user", async () => {
      await room.rebuild({}, { quietMs: 60_000 });
      await room.line(1);
      expect((await room.promote()).promoted).to.deep.equal([]);
      await room.passTime(59_000);
      expect((await room.promote()).promoted).to.deep.equal([]);
      await room.passTime(1_001);
      expect((await room.promote()).promoted).to.have.length(1);
    });
  });
}
