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

    describe("that was started late, by a rebuild with an old number", () => {
      const LATER = { generation: 44, activeCountMax: 2 };
      /** Two users are active in generation 43; then only the late rebuild of 41 reaches Redis. */
      async function lateState(): Promise<readonly number[]> {
        await room.rebuild({ activeCountMax: 2 }, { generation: 43 });
        const sequences = await room.line(1, 2);
        await room.promoteAndSettle();
        await room.lose();
        await room.rebuild({ activeCountMax: 2 }, { generation: 41 });
        return sequences;
      }
      const expiresAtMs = async () => Math.floor((await room.nowUs()) / 1_000) + 60_000;

      it("is replaced by the next rebuild, which has the recorded admissions", async () => {
        const [first = 0, second = 0] = await lateState();
        await room.line(3, 4);
        await room.promote();
        const ends = await expiresAtMs();
        const active = [
          { userId: 1, sequence: first, admittedAtUs: 1, expiresAtMs: ends },
          { userId: 2, sequence: second, admittedAtUs: 1, expiresAtMs: ends },
        ];
        const { generation, activeCountMax } = LATER;
        await room.rebuild({ activeCountMax }, { generation, active });
        expect(await room.stats()).to.include({ activeCount: 2, waitingCount: 0 });
        expect([await room.statusOf(1), await room.statusOf(3)]).to.deep.equal(["ACTIVE", "NONE"]);
      });

      it("continues when it has each recorded admission, active or ended", async () => {
        const [first = 0, second = 0] = await lateState();
        const ends = await expiresAtMs();
        for (const [userId, sequence] of [
          [1, first],
          [2, second],
        ] as const) {
          await room.join(userId, sequence);
        }
        const [{ admittedAtUs } = { admittedAtUs: 0 }] = (await room.promote()).promoted;
        await room.leave(2, "PAID");
        await room.line(5);
        const active = [
          { userId: 1, sequence: first, admittedAtUs, expiresAtMs: ends },
          { userId: 2, sequence: second, admittedAtUs, expiresAtMs: ends },
        ];
        await room.rebuild({}, { generation: LATER.generation, active });
        expect(await room.stats()).to.include({ activeCount: 1, waitingCount: 1 });
        expect((await room.promote()).generation).to.equal(LATER.generation);
      });
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
