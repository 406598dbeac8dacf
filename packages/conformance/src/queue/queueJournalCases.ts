import { expect } from "chai";
import { type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

/** The store names an admission as overdue after a second. */
const OVERDUE_MS = 1_001;

/** Admissions and ends, until the database has them. */
export function queueJournalCases(room: RoomUnderTest): void {
  describe("admissions until they are recorded", () => {
    it("hands them to the next promoter, and nobody else is promoted before", async () => {
      await room.rebuild();
      const sequences = await room.line(1, 2);
      await room.promote();
      await room.line(3);
      await room.passTime(OVERDUE_MS);
      const found = await room.promote();
      expect(found.promoted.map(({ userId, sequence }) => [userId, sequence])).to.deep.equal([
        [1, sequences[0]],
        [2, sequences[1]],
      ]);
      expect(found.movedCount).to.equal(0);
      expect((await room.promote()).promoted).to.deep.equal(found.promoted);
      await room.settle(found.journal);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([3]);
    });

    it("leaves them alone while another promoter is just recording", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promote();
      await room.line(2);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("hands out no admission that was settled in time", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.passTime(OVERDUE_MS);
      await room.line(2);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("stops admitting while 2000 are unrecorded", async () => {
      await room.rebuild({ activeCountMax: 10_000 });
      await Promise.all(range(1, 2100).map((userId) => room.join(userId)));
      const first = await room.promote();
      expect(first.movedCount).to.equal(500);
      for (let batch = 2; batch <= 4; batch += 1)
        expect((await room.promote()).movedCount).to.equal(500);
      expect((await room.promote()).movedCount).to.equal(0);
      await room.settle(first.journal);
      expect((await room.promote()).movedCount).to.equal(100);
    });
  });

  describe("ends until they are recorded", () => {
    it("tells of one only once its admission is recorded", async () => {
      await room.rebuild();
      await room.line(1);
      const { journal } = await room.promote();
      await room.leave(1, "PAID");
      expect((await room.promote()).ended).to.deep.equal([]);
      await room.settle(journal);
      const { ended } = await room.promote();
      expect(ended[0]).to.include({ userId: 1, reason: "PAID" });
    });

    it("keeps the slot of one that is held back", async () => {
      await room.rebuild({ activeCountMax: 1 });
      await room.line(1, 2);
      const { journal } = await room.promote();
      await room.leave(1, "PAID");
      expect(await room.promote()).to.deep.include({ promoted: [], ended: [] });
      await room.settle(journal);
      const { promoted, ended } = await room.promote();
      expect([userIdsOf(ended), userIdsOf(promoted)]).to.deep.equal([[1], [2]]);
    });

    it("tells of one together with its admission when a promoter before left both", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promote();
      await room.leave(1);
      await room.passTime(OVERDUE_MS);
      const { promoted, ended, journal } = await room.promote();
      expect([userIdsOf(promoted), userIdsOf(ended)]).to.deep.equal([[1], [1]]);
      await room.settle(journal);
      expect(await room.promote()).to.deep.include({ promoted: [], ended: [], activeCount: 0 });
    });

    it("tells of one again until it is settled, and never after", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.leave(1, "PAID");
      expect((await room.promote()).ended).to.have.length(1);
      const { ended, journal } = await room.promote();
      expect(ended).to.have.length(1);
      await room.settle(journal);
      expect((await room.promote()).ended).to.have.length(0);
    });

    it("tells the oldest first", async () => {
      await room.rebuild();
      await room.line(1, 2, 3);
      await room.promoteAndSettle();
      for (const userId of [3, 1, 2]) await room.leave(userId);
      expect(userIdsOf((await room.promote()).ended)).to.deep.equal([3, 1, 2]);
    });
  });
}
