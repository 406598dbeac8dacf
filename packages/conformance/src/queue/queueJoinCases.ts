import { expect } from "chai";
import { FAR_AHEAD, LONG_AGO, type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

/** Cases about how a store gives places, keeps them and answers about them. */
export function queueJoinCases(room: RoomUnderTest): void {
  describe("queueStore.join", () => {
    it("returns growing sequences, and positions from 1", async () => {
      await room.rebuild();
      const sequences = await room.line(...range(1, 50));
      expect([...sequences].sort((a, b) => a - b)).to.deep.equal(sequences);
      expect(new Set(sequences).size).to.equal(50);
      expect(await room.place(50)).to.deep.include({ status: "WAITING", position: 50 });
      expect(await room.join(50)).to.deep.include({ sequence: sequences[49], position: 50 });
    });

    it("uses its own time in whole microseconds as the sequence", async () => {
      await room.rebuild();
      const beforeUs = await room.nowUs();
      const [sequence = 0] = await room.line(1);
      expect(sequence).to.be.within(beforeUs, await room.nowUs());
      expect(Number.isInteger(sequence)).to.equal(true);
    });

    it("returns a sequence above the last known sequence when its clock is behind", async () => {
      await room.rebuild({}, { lastSequence: FAR_AHEAD });
      expect(await room.line(1, 2)).to.deep.equal([FAR_AHEAD + 1, FAR_AHEAD + 2]);
    });

    it("returns the same place when the user joins again", async () => {
      await room.rebuild();
      const [first] = await room.line(1, 2);
      const again = await room.join(1);
      expect(again).to.deep.include({ status: "WAITING", sequence: first, position: 1 });
      expect((await room.promote()).promoted).to.have.length(2);
    });

    it("returns the active count and the recent admissions to a waiting user", async () => {
      await room.rebuild({ activeCountMax: 3 });
      await room.line(...range(1, 5));
      await room.promoteAndSettle();
      await room.leave(1, "PAID");
      const known = { status: "WAITING", recentAdmissions: 3, activeCount: 2 };
      expect(await room.join(4)).to.include({ ...known, position: 1 });
      expect(await room.place(5)).to.include({ ...known, position: 2 });
    });

    it("returns the admission of an admitted user, even with proof of an older place", async () => {
      await room.rebuild();
      const [sequence] = await room.line(1);
      const [promotion] = await room.promoteAndSettle();
      const expiresAtMs = promotion?.expiresAtMs;
      const admission = { status: "ACTIVE", userId: 1, sequence, expiresAtMs };
      expect(await room.join(1)).to.deep.equal(admission);
      expect(await room.join(1, LONG_AGO)).to.deep.equal(admission);
      expect(await room.place(1)).to.deep.equal(admission);
      expect(await room.stats()).to.include({ waitingCount: 0, activeCount: 1 });
    });

    it("refuses new users while draining, and keeps waiting users", async () => {
      await room.rebuild({ mode: "draining" });
      expect(await room.join(1)).to.deep.equal({ status: "CLOSED" });
      expect(await room.statusOf(1)).to.equal("NONE");
      expect(await room.join(2, LONG_AGO)).to.include({ status: "WAITING" });
      expect(await room.join(2)).to.include({ status: "WAITING", sequence: LONG_AGO });
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
      expect(await room.join(2)).to.include({ status: "ACTIVE" });
    });

    it("ends an overdue admission, and puts its user at the tail", async () => {
      await room.rebuild();
      const [first = 0] = await room.line(1);
      await room.promoteAndSettle();
      await room.line(2);
      await room.place(1);
      await room.passTime(600_001);
      const again = await room.join(1);
      expect(again).to.include({ status: "WAITING", position: 2, activeCount: 0 });
      expect(again).to.have.property("sequence").above(first);
      const { ended } = await room.promote();
      expect(
        ended.map(({ userId, sequence, reason }) => ({ userId, sequence, reason })),
      ).to.deep.equal([{ userId: 1, sequence: first, reason: "EXPIRED" }]);
    });

    it("ends an overdue admission even when draining refuses its user", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      const { settings } = await room.stats();
      await room.store().configure(room.queueId(), { ...settings, mode: "draining" }, 2);
      await room.place(1);
      await room.passTime(600_001);
      expect(await room.join(1)).to.deep.equal({ status: "CLOSED" });
      expect(await room.stats()).to.include({ waitingCount: 0, activeCount: 0 });
      expect((await room.promote()).ended[0]).to.include({ userId: 1, reason: "EXPIRED" });
    });
  });

  describe("queueStore.positions", () => {
    const positions = (...userIds: readonly number[]) =>
      room.store().positions(room.queueId(), userIds);

    it("returns the position of each user, and 0 for users who do not wait", async () => {
      const generationStartedUs = await room.rebuild({ activeCountMax: 1 });
      await room.line(1, 2, 3, 4);
      await room.promoteAndSettle();
      await room.leave(3);
      const line = { generationStartedUs, admittedCount: 1 };
      expect(await positions(4, 1, 2, 99, 3)).to.deep.equal({
        ...line,
        positions: [2, 0, 1, 0, 0],
      });
      expect(await positions()).to.deep.equal({ ...line, positions: [] });
    });

    it("activates no admission", async () => {
      await room.rebuild({ activationMs: 1_000 });
      await room.line(1);
      await room.promoteAndSettle();
      expect(await positions(1)).to.deep.include({ positions: [0] });
      await room.passTime(1_001);
      expect((await room.promote()).ended[0]).to.include({ userId: 1, reason: "UNCLAIMED" });
    });

    it("returns MISSING for a queue without a state", async () => {
      expect(await positions(1)).to.deep.equal({ status: "MISSING" });
    });
  });

  describe("queueStore.place", () => {
    it("returns NONE for a user without a place", async () => {
      await room.rebuild();
      expect(await room.place(1)).to.deep.equal({ status: "NONE" });
    });

    it("returns a lower position after users ahead left or were promoted", async () => {
      await room.rebuild({ activeCountMax: 1 });
      await room.line(1, 2, 3, 4);
      await room.leave(2);
      expect(await room.place(4)).to.include({ position: 3 });
      await room.promote();
      expect(await room.place(4)).to.include({ position: 2 });
    });

    it("returns NONE for an overdue admission that has not ended yet", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.passTime(599_000);
      expect(await room.statusOf(1)).to.equal("ACTIVE");
      await room.passTime(1_001);
      expect(await room.place(1)).to.deep.equal({ status: "NONE" });
      expect((await room.promote()).ended[0]).to.include({ userId: 1, reason: "EXPIRED" });
    });
  });
}
