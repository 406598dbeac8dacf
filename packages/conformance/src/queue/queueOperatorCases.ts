import { expect } from "chai";
import { present, type RoomUnderTest, range, userIdsOf } from "./queueRoom.ts";

const lister =
  (room: RoomUnderTest) =>
  async (status: "WAITING" | "ACTIVE", offset = 0, max = 100) =>
    present(await room.store(1).list(room.queueId(), status, { offset, max }));

/** Calls that operators make: looks at places, bounded promotions, and the end of a queue. */
export function queueOperatorCases(room: RoomUnderTest): void {
  listCases(room);
  boundedPromotionCases(room);
  discardCases(room);
}

function listCases(room: RoomUnderTest): void {
  const list = lister(room);

  describe("a list of places", () => {
    it("has the waiting users in line, page by page", async () => {
      await room.rebuild();
      const sequences = await room.line(5, 4, 3);
      expect(await list("WAITING")).to.deep.equal({
        total: 3,
        places: [5, 4, 3].map((userId, index) => ({
          ...{ userId, sequence: sequences[index], expiresAtMs: undefined, isActivated: false },
        })),
      });
      const { total, places } = await list("WAITING", 1, 1);
      expect([total, userIdsOf(places)]).to.deep.equal([3, [4]]);
      expect(await list("WAITING", 3)).to.deep.equal({ total: 3, places: [] });
      expect(await list("ACTIVE")).to.deep.equal({ total: 0, places: [] });
    });

    it("shows the active users and when their admissions end, and activates no user", async () => {
      await room.rebuild({ activationMs: 10_000 });
      const [sequence] = await room.line(7, 8);
      const [promotion] = await room.promoteAndSettle();
      await room.place(8);
      const { places } = await list("ACTIVE");
      expect(places).to.have.deep.members([
        { userId: 7, sequence, expiresAtMs: promotion?.expiresAtMs, isActivated: false },
        { ...places.find(({ userId }) => userId === 8), isActivated: true },
      ]);
      await room.passTime(10_001);
      const { ended } = await room.promote();
      expect(ended.map(({ userId, reason }) => [userId, reason])).to.deep.equal([[7, "UNCLAIMED"]]);
    });
  });
}

function boundedPromotionCases(room: RoomUnderTest): void {
  const promote = async (untilSequence: number, whilePaused = false) => {
    const bounds = { untilSequence, whilePaused, settingsVersion: 1 };
    return present(await room.store(1).promote(room.queueId(), 500, bounds));
  };

  describe("a promotion with bounds", () => {
    it("admits no user behind the last sequence", async () => {
      await room.rebuild();
      const [, second = 0] = await room.line(1, 2, 3);
      expect(userIdsOf((await promote(second)).promoted)).to.deep.equal([1, 2]);
      expect(await room.place(3)).to.include({ status: "WAITING", position: 1 });
      expect((await promote(second)).movedCount).to.equal(0);
    });

    it("admits users of a paused queue only when the bounds allow it", async () => {
      await room.rebuild({ mode: "paused" });
      const [first = 0] = await room.line(1, 2);
      expect((await promote(first)).movedCount).to.equal(0);
      expect(userIdsOf((await promote(first, true)).promoted)).to.deep.equal([1]);
    });

    it("keeps the active count max, the rate and the pause after a rebuild", async () => {
      await room.rebuild({ activeCountMax: 2 });
      const sequences = await room.line(...range(1, 4));
      expect((await promote(sequences[3] ?? 0, true)).movedCount).to.equal(2);
      expect((await promote(sequences[3] ?? 0, true)).movedCount).to.equal(0);
      await room.lose();
      await room.rebuild({ admissionRatePerMinute: 60, mode: "paused" });
      const again = await room.line(...range(1, 4));
      expect((await promote(again[3] ?? 0, true)).movedCount).to.equal(1);
      await room.lose();
      await room.rebuild({}, { quietMs: 5_000 });
      const [only = 0] = await room.line(1);
      expect((await promote(only, true)).movedCount).to.equal(0);
    });
  });
}

function discardCases(room: RoomUnderTest): void {
  const list = lister(room);
  const discard = (max: number) => room.store(1).discardWaiting(room.queueId(), max, 2);

  describe("discarded waiting places", () => {
    it("are those at the end of the line, and their users then have no place", async () => {
      await room.rebuild({ mode: "open" });
      await room.line(1, 2, 3);
      const { settings } = await room.stats();
      await room.store(1).configure(room.queueId(), { ...settings, mode: "draining" }, 2);
      expect(await discard(2)).to.deep.equal({ status: "DISCARDED", discardedCount: 2 });
      expect(userIdsOf((await list("WAITING")).places)).to.deep.equal([1]);
      expect(await room.place(3)).to.deep.equal({ status: "NONE" });
      expect(await discard(2)).to.deep.equal({ status: "DISCARDED", discardedCount: 1 });
      expect(await discard(2)).to.deep.equal({ status: "DISCARDED", discardedCount: 0 });
    });

    it("exist only while the queue drains, and include no active place", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      await room.line(2);
      expect(await discard(9)).to.deep.equal({ status: "NOT_DRAINING" });
      const { settings } = await room.stats();
      await room.store(1).configure(room.queueId(), { ...settings, mode: "draining" }, 2);
      await discard(9);
      expect(await room.statusOf(1)).to.equal("ACTIVE");
    });
  });

  describe("a discarded Redis state", () => {
    it("is missing until the next rebuild", async () => {
      const startedUs = await room.rebuild();
      await room.line(1);
      const discardState = (us: number) => room.store(1).discardState(room.queueId(), us);
      expect(await discardState(startedUs - 1)).to.deep.equal({ status: "NEWER" });
      expect(await room.statusOf(1)).to.equal("WAITING");
      expect(await discardState(startedUs)).to.deep.equal({ status: "DISCARDED" });
      expect(await room.statusOf(1)).to.equal("MISSING");
      expect(await discardState(startedUs)).to.deep.equal({ status: "MISSING" });
      await room.passTime(1);
      expect(await room.rebuild()).to.be.above(startedUs);
      expect(await room.statusOf(1)).to.equal("NONE");
    });
  });

  it("answers MISSING to an operator's call about a queue without state", async () => {
    const missing = { status: "MISSING" };
    const page = { offset: 0, max: 1 };
    expect(await room.store().list(room.queueId(), "WAITING", page)).to.deep.equal(missing);
    expect(await discard(1)).to.deep.equal(missing);
  });
}
