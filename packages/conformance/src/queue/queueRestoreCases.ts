import { expect } from "chai";
import { FAR_AHEAD, LONG_AGO, type RoomUnderTest, range } from "./queueRoom.ts";

/** Cases about places that are restored after a loss, because a token proves them. */
export function queueRestoreCases(room: RoomUnderTest): void {
  describe("a place that Redis lost", () => {
    it("returns to the old order, whatever the order in which its users return", async () => {
      await room.rebuild();
      const users = range(1, 30);
      const sequences = await room.line(...users);
      await room.lose();
      await room.rebuild({}, { quietMs: 60_000 });
      const newcomer = 99;
      await room.join(newcomer);
      const shuffled = users.map((userId) => ((userId * 17) % 31) - 1);
      await Promise.all(
        shuffled.map((i) => room.store(i).join(room.queueId(), users[i] ?? 0, sequences[i] ?? 0)),
      );
      await room.passTime(60_001);
      const { promoted } = await room.promote();
      expect(promoted.map((promotion) => promotion.userId)).to.deep.equal([...users, newcomer]);
      expect(promoted.map((promotion) => promotion.sequence).slice(0, 30)).to.deep.equal(sequences);
    });

    it("has a time of entry that is later than the time in its sequence", async () => {
      await room.rebuild();
      const [sequence = 0] = await room.line(1);
      await room.lose();
      const startedUs = await room.rebuild();
      await room.join(1, sequence);
      const [promotion] = (await room.promote()).promoted;
      expect(promotion?.sequence).to.equal(sequence);
      expect(promotion?.enteredAtUs).to.be.at.least(startedUs);
      expect(promotion?.enteredAtUs).to.be.at.most(promotion?.admittedAtUs ?? 0);
    });

    it("has no time of entry after its user was promoted", async () => {
      await room.rebuild();
      await room.join(1, LONG_AGO);
      await room.promoteAndSettle();
      await room.passTime(600_001);
      const [sequence = 0] = await room.line(1);
      const [promotion] = (await room.promote()).promoted;
      expect(promotion?.enteredAtUs).to.be.at.least(sequence);
    });

    it("is one place when its user restores it twice or joined at the tail before", async () => {
      await room.rebuild();
      const [first = 0, second = 0] = await room.line(1, 2);
      await room.lose();
      await room.rebuild();
      await room.join(1);
      await Promise.all(range(1, 10).map((i) => room.store(i).join(room.queueId(), 1, first)));
      await room.join(2, second);
      const { promoted } = await room.promote();
      expect(promoted.map(({ userId, sequence }) => [userId, sequence])).to.deep.equal([
        [1, first],
        [2, second],
      ]);
    });

    it("replaces the user's place at the tail, whichever place is created first", async () => {
      await room.rebuild();
      const sequences = await room.line(...range(1, 20));
      await room.lose();
      await room.rebuild();
      await Promise.all(
        sequences.flatMap((sequence, index) => {
          const ask = (older?: number) => room.store(index).join(room.queueId(), index + 1, older);
          return index % 2 === 0 ? [ask(sequence), ask()] : [ask(), ask(sequence)];
        }),
      );
      const { promoted } = await room.promote();
      expect(promoted.map((promotion) => promotion.sequence)).to.deep.equal(sequences);
    });

    it("never moves a user back from an earlier place", async () => {
      await room.rebuild();
      const [sequence = 0] = await room.line(1);
      const place = await room.join(1, sequence + 1_000_000);
      expect(place).to.include({ status: "WAITING", sequence });
      expect(await room.stats()).to.include({ lastSequence: sequence });
    });

    it("does not lower the last sequence", async () => {
      await room.rebuild({}, { lastSequence: FAR_AHEAD });
      await room.join(1, LONG_AGO);
      expect(await room.stats()).to.include({ lastSequence: FAR_AHEAD });
      expect(await room.line(2)).to.deep.equal([FAR_AHEAD + 1]);
    });

    it("stays in front of later joins, even when its sequence lies in the future", async () => {
      await room.rebuild();
      await room.join(1, FAR_AHEAD);
      expect(await room.line(2)).to.deep.equal([FAR_AHEAD + 1]);
      expect(await room.stats()).to.include({ lastSequence: FAR_AHEAD + 1 });
    });
  });
}
