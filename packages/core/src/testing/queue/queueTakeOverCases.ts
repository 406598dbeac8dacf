import { expect } from "chai";
import type { QueueJournal, QueueSettings } from "../../ports/queueStore.ts";
import { type RoomUnderTest, userIdsOf } from "./queueRoom.ts";

/** Passes of an earlier generation, recorded after this one was seeded. */
export function queueTakeOverCases(room: RoomUnderTest): void {
  describe("passes of an earlier generation", () => {
    /** Admits users, whose promoter records them only after all was lost and seeded again. */
    async function lostJournal(
      userIds: readonly number[],
      settings: Partial<QueueSettings> = {},
    ): Promise<{ journal: QueueJournal; sequences: number[] }> {
      await room.seed(settings);
      const sequences = await room.line(...userIds);
      const { journal } = await room.promote();
      await room.lose();
      await room.seed(settings);
      return { journal, sequences };
    }

    it("count against the cap, and free their users from the line", async () => {
      const { journal, sequences } = await lostJournal([1, 2], { activeCountMax: 2 });
      await room.line(1, 3);
      await room.settle(journal);
      expect(await room.place(1)).to.include({ status: "ACTIVE", sequence: sequences[0] });
      expect(await room.place(2)).to.include({ status: "ACTIVE", sequence: sequences[1] });
      expect((await room.promote()).promoted).to.deep.equal([]);
      await room.settle(journal);
      expect(await room.stats()).to.include({ activeCount: 2, waitingCount: 1 });
    });

    it("keep their end, and have been claimed", async () => {
      const { journal } = await lostJournal([1], { claimMs: 10_000 });
      await room.settle(journal);
      await room.passTime(10_001);
      expect((await room.promote()).ended).to.deep.equal([]);
      expect(await room.statusOf(1)).to.equal("ACTIVE");
      await room.passTime(590_000);
      expect((await room.promote()).ended[0]).to.include({ userId: 1, reason: "EXPIRED" });
    });

    it("count against the rate", async () => {
      const { journal } = await lostJournal([1], { admissionRatePerMinute: 60 });
      await room.settle(journal);
      expect(await room.stats()).to.include({ recentAdmissions: 1 });
      await room.line(2);
      expect((await room.promote()).promoted).to.deep.equal([]);
      await room.passTime(1_001);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal([2]);
    });

    it("are told of when they end, by the place they had", async () => {
      const { journal, sequences } = await lostJournal([1]);
      await room.settle(journal);
      await room.leave(1, "PAID");
      const { ended } = await room.promote();
      expect(ended[0]).to.include({ userId: 1, sequence: sequences[0], reason: "PAID" });
    });

    it("forget when the place that they free had entered the line", async () => {
      const { journal } = await lostJournal([1]);
      await room.join(1, 1_500_000_000_000_000);
      await room.settle(journal);
      await room.passTime(600_001);
      const [sequence = 0] = await room.line(1);
      const [pass] = (await room.promote()).promoted;
      expect(pass?.enteredAtUs).to.be.at.least(sequence);
    });

    it("are not taken over when they are over", async () => {
      const { journal } = await lostJournal([1], { activeTtlMs: 0 });
      await room.settle(journal);
      expect(await room.stats()).to.include({ activeCount: 0, recentAdmissions: 0 });
    });

    it("are not taken over when their end comes with them", async () => {
      await room.seed();
      await room.line(1);
      await room.promote();
      await room.leave(1);
      await room.passTime(1_001);
      const { journal } = await room.promote();
      await room.lose();
      await room.seed();
      await room.settle(journal);
      expect(await room.stats()).to.include({ activeCount: 0, recentAdmissions: 0 });
    });

    it("do not replace an admission of this generation", async () => {
      const { journal } = await lostJournal([1]);
      const [sequence] = await room.line(1);
      await room.promoteAndSettle();
      await room.settle(journal);
      expect(await room.place(1)).to.include({ status: "ACTIVE", sequence });
      expect(await room.stats()).to.include({ activeCount: 1, recentAdmissions: 1 });
    });

    it("do not include those of this generation, which have ended", async () => {
      await room.seed();
      await room.line(1);
      const { journal } = await room.promote();
      await room.settle(journal);
      await room.leave(1, "PAID");
      await room.settle(journal);
      expect(await room.statusOf(1)).to.equal("NONE");
      expect((await room.promote()).ended).to.have.length(1);
    });

    it("are taken over once when 20 processes settle them at once", async () => {
      const { journal } = await lostJournal([1, 2]);
      await room.line(1);
      await Promise.all(
        Array.from({ length: 20 }, (_unused, i) => room.store(i).settle(room.queueId(), journal)),
      );
      expect(await room.stats()).to.include({
        activeCount: 2,
        waitingCount: 0,
        recentAdmissions: 2,
      });
    });
  });
}
