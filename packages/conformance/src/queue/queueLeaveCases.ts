import { expect } from "chai";
import { LONG_AGO, type RoomUnderTest, userIdsOf } from "./queueRoom.ts";

/** Cases about users who give up their places. */
export function queueLeaveCases(room: RoomUnderTest): void {
  describe("queueStore.leave", () => {
    it("frees an active slot immediately, and returns the place that ended", async () => {
      await room.rebuild({ activeCountMax: 1 });
      const [sequence] = await room.line(1, 2);
      const [promotion] = await room.promoteAndSettle();
      const answer = await room.leave(1, "PAID");
      expect(answer).to.have.nested.include({
        status: "ENDED",
        "ended.userId": 1,
        "ended.sequence": sequence,
        "ended.reason": "PAID",
      });
      expect(answer)
        .to.have.nested.property("ended.endedAtUs")
        .above(promotion?.admittedAtUs ?? 0);
      const { promoted, ended } = await room.promote();
      expect(userIdsOf(promoted)).to.deep.equal([2]);
      expect(ended).to.deep.equal("ended" in answer ? [answer.ended] : []);
    });

    it("ends a waiting place, and returns nothing that MySQL must record", async () => {
      await room.rebuild();
      await room.line(1, 2);
      expect(await room.leave(1)).to.deep.equal({ status: "ENDED", ended: undefined });
      expect(await room.place(1)).to.deep.equal({ status: "NONE" });
      expect(await room.place(2)).to.include({ position: 1 });
      const { promoted, ended } = await room.promote();
      expect([userIdsOf(promoted), ended]).to.deep.equal([[2], []]);
    });

    it("ends a place when the given sequence is not earlier than the place", async () => {
      await room.rebuild();
      const [waiting = 0, active = 0] = await room.line(1, 2);
      expect(await room.leave(1, "LEFT", waiting - 1)).to.deep.equal({ status: "NEWER" });
      expect(await room.leave(2, "LEFT", active - 1)).to.deep.equal({ status: "NEWER" });
      expect(await room.place(1)).to.include({ status: "WAITING", sequence: waiting });
      expect(await room.leave(1, "LEFT", waiting)).to.include({ status: "ENDED" });
      await room.promoteAndSettle();
      for (const reason of ["PAID", "LEFT"] as const) {
        expect(await room.leave(2, reason, active - 1)).to.deep.equal({ status: "NEWER" });
      }
      expect(await room.place(2)).to.include({ status: "ACTIVE", sequence: active });
      expect(await room.leave(2, "LEFT", active + 1)).to.include({ status: "ENDED" });
    });

    it("ends no waiting place because of a payment", async () => {
      await room.rebuild();
      await room.line(1);
      expect(await room.leave(1, "PAID")).to.deep.equal({ status: "NONE" });
      expect(await room.statusOf(1)).to.equal("WAITING");
    });

    it("returns NONE for a user without a place", async () => {
      await room.rebuild();
      expect(await room.leave(1)).to.deep.equal({ status: "NONE" });
    });

    it("ends an overdue admission with the reason of the call", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.passTime(600_001);
      expect(await room.leave(1, "PAID")).to.have.nested.property("ended.reason", "PAID");
      expect((await room.promote()).ended.map(({ reason }) => reason)).to.deep.equal(["PAID"]);
    });

    it("puts a user who left and joins again at the tail", async () => {
      await room.rebuild();
      await room.line(1, 2);
      await room.leave(1);
      expect(await room.join(1)).to.include({ position: 2 });
    });

    it("deletes the entry time of a restored place when its user leaves", async () => {
      await room.rebuild();
      await room.join(1, LONG_AGO);
      await room.leave(1);
      const [sequence = 0] = await room.line(1);
      const [promotion] = (await room.promote()).promoted;
      expect(promotion?.enteredAtUs).to.be.at.least(sequence);
    });
  });
}
