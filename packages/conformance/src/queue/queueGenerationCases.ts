import { expect } from "chai";
import { type RoomUnderTest, userIdsOf } from "./queueRoom.ts";

/** Cases about the numbers of generations, by which MySQL refuses admissions of a lost state. */
export function queueGenerationCases(room: RoomUnderTest): void {
  describe("a generation of a queue", () => {
    it("returns the number of its rebuild with each promotion", async () => {
      await room.rebuild({}, { generation: 41 });
      expect(await room.promote()).to.include({ generation: 41 });
      await room.lose();
      await room.rebuild({}, { generation: 43 });
      expect(await room.promote()).to.include({ generation: 43 });
    });

    it("takes the number of an unneeded rebuild only when this number is higher", async () => {
      await room.rebuild({}, { generation: 41 });
      await room.line(1);
      await room.rebuild({ activeCountMax: 5 }, { generation: 44, quietMs: 60_000 });
      await room.rebuild({}, { generation: 42 });
      const { generation, promoted } = await room.promote();
      expect(generation).to.equal(44);
      expect(userIdsOf(promoted)).to.deep.equal([1]);
    });

    it("returns an unrecorded admission again, with the number of the latest rebuild", async () => {
      await room.rebuild({}, { generation: 41 });
      await room.line(1);
      await room.promote();
      await room.rebuild({}, { generation: 42 });
      await room.passTime(1_001);
      const { generation, promoted } = await room.promote();
      expect(generation).to.equal(42);
      expect(userIdsOf(promoted)).to.deep.equal([1]);
    });

    it("has no unrecorded admissions of an earlier generation", async () => {
      await room.rebuild();
      await room.line(1, 2);
      const { journal } = await room.promote();
      await room.lose();
      await room.rebuild();
      await room.settle(journal);
      expect(await room.statusOf(1)).to.equal("NONE");
      expect(await room.stats()).to.include({ activeCount: 0, recentAdmissions: 0 });
    });
  });
}
