import { expect } from "chai";
import { type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

/** Just longer than the second after which an unrecorded admission is overdue. */
const OVERDUE_MS = 1_001;

/** Cases about the journal, which keeps admissions and ends until MySQL has recorded them. */
export function queueJournalCases(room: RoomUnderTest): void {
  describe("unrecorded admissions", () => {
    it("are returned to the next promoter before any other user is promoted", async () => {
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

    it("are not returned to another promoter in the first second", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promote();
      await room.line(2);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("are not returned again after they were settled", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.passTime(OVERDUE_MS);
      await room.line(2);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("stop the promotion when there are 2000 of them", async () => {
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

  describe("unrecorded ends of admissions", () => {
    it("are returned only after their admission is recorded", async () => {
      await room.rebuild();
      await room.line(1);
      const { journal } = await room.promote();
      await room.leave(1, "PAID");
      expect((await room.promote()).ended).to.deep.equal([]);
      await room.settle(journal);
      const { ended } = await room.promote();
      expect(ended[0]).to.include({ userId: 1, reason: "PAID" });
    });

    it("free no slot before they are returned", async () => {
      await room.rebuild({ activeCountMax: 1 });
      await room.line(1, 2);
      const { journal } = await room.promote();
      await room.leave(1, "PAID");
      expect(await room.promote()).to.deep.include({ promoted: [], ended: [] });
      await room.settle(journal);
      const { promoted, ended } = await room.promote();
      expect([userIdsOf(ended), userIdsOf(promoted)]).to.deep.equal([[1], [2]]);
    });

    it("are returned with their admission when a promoter recorded neither", async () => {
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

    it("are returned again until they are settled", async () => {
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

    it("are returned in the order of their times", async () => {
      await room.rebuild();
      await room.line(1, 2, 3);
      await room.promoteAndSettle();
      for (const userId of [3, 1, 2]) await room.leave(userId);
      expect(userIdsOf((await room.promote()).ended)).to.deep.equal([3, 1, 2]);
    });
  });
}
