import { expect } from "chai";
import { type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

const ACTIVATION_MS = 10_000;

/** Cases about places whose admission was not activated in time, and their return to the line. */
export function queueMissedCases(room: RoomUnderTest): void {
  describe("a missed place", () => {
    const open = (activeCountMax = 1) =>
      room.rebuild({ activeCountMax, activationMs: ACTIVATION_MS });
    const comeBack = (userId: number, sequence?: number) =>
      room.store(1).place(room.queueId(), userId, sequence, true);

    /** Lets the head of the line miss its admissions; the next users get the slots. */
    async function miss(): Promise<readonly number[]> {
      await room.promoteAndSettle();
      await room.passTime(ACTIVATION_MS + 1);
      const { ended, journal } = await room.promote();
      await room.settle(journal);
      return userIdsOf(ended.filter(({ reason }) => reason === "UNCLAIMED"));
    }

    it("returns to the line at its old sequence, before users who joined later", async () => {
      await open();
      const [first = 0, , third = 0] = await room.line(1, 2, 3);
      expect(await miss()).to.deep.equal([1]);
      expect(await comeBack(1, first)).to.deep.include({
        status: "WAITING",
        sequence: first,
        position: 1,
        waitingCount: 2,
        hasReturned: true,
      });
      expect(await room.place(1, first)).not.to.have.property("hasReturned");
      expect(await room.place(3, third)).to.include({ position: 2 });
      await room.leave(2, "PAID");
      const [again] = await room.promoteAndSettle();
      expect(again).to.include({ userId: 1, sequence: first });
      expect(again?.enteredAtUs).to.be.above(first);
      expect(await room.place(1, first)).to.include({ status: "ACTIVE", sequence: first });
    });

    it("stays missed without the right to return, or with a token of another place", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3);
      await miss();
      const missed = { status: "MISSED", userId: 1, sequence: first };
      expect(await room.place(1, first)).to.deep.equal(missed);
      expect(await room.place(1)).to.deep.equal(missed);
      expect(await comeBack(1, first - 1)).to.deep.equal(missed);
      expect(await comeBack(1, first + 1)).to.deep.equal(missed);
      expect(await comeBack(1)).to.deep.equal(missed);
      expect(await room.stats()).to.include({ waitingCount: 1, activeCount: 1 });
      expect(await comeBack(2)).to.include({ status: "ACTIVE" });
      expect(await comeBack(9, first)).to.deep.equal({ status: "NONE" });
    });

    it("returns once", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3, 4);
      await miss();
      await comeBack(1, first);
      expect(await miss()).to.deep.equal([2]);
      expect(await room.place(1, 0)).to.include({ status: "ACTIVE" });
      expect(await miss()).to.deep.equal([1]);
      expect(await comeBack(1, first)).to.deep.equal({ status: "NONE" });
    });

    it("returns while the queue is draining or paused", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await miss();
      const { settings } = await room.stats();
      const configure = (mode: "draining" | "paused", version: number) =>
        room.store().configure(room.queueId(), { ...settings, mode }, version);
      await configure("draining", 2);
      expect(await room.join(1)).to.deep.equal({ status: "CLOSED" });
      await configure("paused", 3);
      expect(await comeBack(1, first)).to.include({ status: "WAITING", position: 1 });
      await configure("draining", 4);
      await room.leave(2, "PAID");
      expect(userIdsOf(await room.promoteAndSettle())).to.deep.equal([1]);
    });

    it("replaces the place of a join without the token", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3);
      await miss();
      const [tail = 0] = await room.line(1);
      expect(tail).to.be.above(first);
      expect(await room.place(1, first)).to.include({ status: "WAITING", sequence: tail });
      expect(await comeBack(1, first)).to.include({ sequence: first, position: 1 });
      expect(await room.stats()).to.include({ waitingCount: 2 });
    });

    it("does not return after its user has left", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3);
      await miss();
      expect(await room.leave(1, "PAID", first)).to.deep.equal({ status: "NONE" });
      expect(await room.leave(1, "LEFT", first - 1)).to.deep.equal({ status: "NEWER" });
      expect(await room.leave(1, "LEFT", first)).to.deep.equal({
        status: "ENDED",
        ended: undefined,
      });
      expect(await comeBack(1, first)).to.deep.equal({ status: "NONE" });
    });

    for (const [end, act] of Object.entries({
      "it was paid": () => room.leave(1, "PAID"),
      "it was left": () => room.leave(1, "LEFT"),
      "it was left while waiting": () => room.leave(1, "LEFT"),
      "it expired": () => room.passTime(600_001).then(() => room.promote()),
      "a join ended it": () => room.passTime(600_001).then(() => room.join(1)),
    })) {
      it(`does not return again after ${end}`, async () => {
        await open();
        const [first = 0] = await room.line(1, 2);
        await miss();
        await comeBack(1, first);
        await room.leave(2, "PAID");
        if (!end.endsWith("waiting")) {
          await room.promoteAndSettle();
          await room.place(1, first);
        }
        await act();
        const place = await comeBack(1, first);
        expect(place).not.to.have.property("sequence", first);
      });
    }

    it("ends when an operator discards the waiting places of a draining queue", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3, 4);
      await miss();
      const { settings } = await room.stats();
      await room.store().configure(room.queueId(), { ...settings, mode: "draining" }, 2);
      const discard = () => room.store().discardWaiting(room.queueId(), 1, 2);
      await discard();
      expect(await room.statusOf(1)).to.equal("MISSED");
      await discard();
      expect(await comeBack(1, first)).to.deep.equal({ status: "NONE" });
    });

    it("is kept for each user, however many miss their admissions", async () => {
      await open(5);
      const sequences = await room.line(...range(1, 15));
      expect(await miss()).to.have.members(range(1, 5));
      expect(await miss()).to.have.members(range(6, 10));
      for (const userId of [10, 4, 1]) await comeBack(userId, sequences[userId - 1]);
      expect(await room.place(4, 0)).to.include({ position: 2 });
      expect(await miss()).to.have.members(range(11, 15));
      expect(await room.stats()).to.include({ activeCount: 3, waitingCount: 0 });
    });

    it("returns when its admission expired before a promotion ended it", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await room.promoteAndSettle();
      await room.passTime(600_001);
      expect(await comeBack(1, first)).to.include({ sequence: first, position: 1 });
      const { ended, promoted } = await room.promote();
      expect(ended.map(({ userId, reason }) => [userId, reason])).to.deep.equal([[1, "UNCLAIMED"]]);
      expect(userIdsOf(promoted)).to.deep.equal([1]);
    });

    it("is missed also when more admissions expired than one promotion ends", async () => {
      await open(3);
      const sequences = await room.line(1, 2, 3, 4);
      await room.promoteAndSettle();
      await room.passTime(600_001);
      const { ended } = await room.promote(1);
      expect(ended.map(({ userId, reason }) => [userId, reason])).to.deep.equal([
        [1, "UNCLAIMED"],
        [2, "UNCLAIMED"],
      ]);
      expect(await comeBack(2, sequences[1])).to.include({ status: "WAITING", position: 1 });
    });

    it("ends alone when its user leaves it and has a later place", async () => {
      await open();
      const [first = 0] = await room.line(1, 2, 3);
      await miss();
      const [tail = 0] = await room.line(1);
      expect(await room.leave(1, "PAID", first)).to.deep.equal({ status: "NONE" });
      expect(await room.leave(1, "LEFT", first)).to.deep.equal({ status: "NEWER" });
      expect(await comeBack(1, first)).to.include({ status: "WAITING", sequence: tail });
    });

    it("counts both admissions against the rate", async () => {
      await room.rebuild({ admissionRatePerMinute: 3, activationMs: ACTIVATION_MS });
      const sequences = await room.line(1, 2, 3);
      await room.promoteAndSettle();
      await room.passTime(ACTIVATION_MS + 1);
      await room.promoteAndSettle();
      await comeBack(1, sequences[0]);
      await room.passTime(1_001);
      expect(userIdsOf(await room.promoteAndSettle())).to.deep.equal([1]);
      expect(await room.stats()).to.include({ recentAdmissions: 3 });
      await room.passTime(1_001);
      expect(await room.promoteAndSettle()).to.deep.equal([]);
    });

    it("is unknown after a loss of the state", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await miss();
      await room.lose();
      await open();
      expect(await comeBack(1, first)).to.deep.equal({ status: "NONE" });
    });

    it("returns once, also when a join restored it after a loss", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await miss();
      await room.lose();
      await open();
      const restore = () => room.store().join(room.queueId(), 1, first, true);
      expect(await restore()).to.include({ status: "WAITING", sequence: first });
      expect(await comeBack(1, first)).not.to.have.property("hasReturned");
      expect(await miss()).to.deep.equal([1]);
      expect(await comeBack(1, first)).to.deep.equal({ status: "NONE" });
    });

    it("has the right to return when a join restored a place that was never admitted", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await room.lose();
      await open();
      await room.join(1, first);
      expect(await miss()).to.deep.equal([1]);
      expect(await comeBack(1, first)).to.include({ status: "WAITING", hasReturned: true });
    });

    it("is removed after a week, so that the memory of a queue is limited", async () => {
      await open();
      const [first = 0] = await room.line(1, 2);
      await miss();
      await room.passTime(1_000);
      expect(await room.statusOf(1)).to.equal("MISSED");
      // Sequences do not move with the time of a case, so this one is of long ago from the start.
      await room.join(3, first - 8 * 24 * 3_600_000_000);
      await room.leave(2, "PAID");
      await miss();
      await room.promote();
      expect(await room.statusOf(3)).to.equal("NONE");
      expect(await room.statusOf(1)).to.equal("MISSED");
    });
  });
}
