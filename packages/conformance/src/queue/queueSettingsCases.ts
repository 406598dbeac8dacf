import type { QueueMode } from "@onsale/core";
import { expect } from "chai";
import { present, type RoomUnderTest, userIdsOf, WIDE } from "./queueRoom.ts";

/** Cases about the versions of the settings, by which a store refuses a late call. */
export function queueSettingsCases(room: RoomUnderTest): void {
  const configure = (mode: QueueMode, version: number) =>
    room.store(1).configure(room.queueId(), { ...WIDE, mode }, version);
  const read = async () => {
    const { settings, settingsVersion } = await room.stats();
    return `${settings.mode} ${settingsVersion}`;
  };

  describe("the settings of a queue", () => {
    it("are not replaced by those of an earlier version", async () => {
      await room.rebuild();
      expect(await configure("paused", 12)).to.deep.equal({ status: "CONFIGURED" });
      expect(await configure("open", 9)).to.deep.equal({ status: "NEWER" });
      expect(await read()).to.equal("paused 12");
      expect(await room.promote()).to.include({ settingsVersion: 12 });
    });

    it("are replaced by those of the same version, because a call may repeat", async () => {
      await room.rebuild();
      await configure("paused", 2);
      expect(await configure("paused", 2)).to.deep.equal({ status: "CONFIGURED" });
      expect(await read()).to.equal("paused 2");
    });

    it("have the version of the rebuild", async () => {
      await room.rebuild({ mode: "paused" }, { settingsVersion: 5 });
      expect(await read()).to.equal("paused 5");
      expect(await configure("open", 4)).to.deep.equal({ status: "NEWER" });
      expect(await room.promote()).to.include({ settingsVersion: 5 });
    });

    it("keep every waiting place when they are not those of the drain", async () => {
      await room.rebuild();
      await room.line(1, 2);
      await configure("draining", 2);
      await configure("draining", 3);
      const late = await room.store().discardWaiting(room.queueId(), 9, 2);
      expect(late).to.deep.equal({ status: "NOT_DRAINING" });
      expect(await room.stats()).to.include({ waitingCount: 2 });
      const current = await room.store().discardWaiting(room.queueId(), 9, 3);
      expect(current).to.deep.equal({ status: "DISCARDED", discardedCount: 2 });
    });

    it("prevent a promotion by an operator who saw others", async () => {
      await room.rebuild();
      const [, untilSequence = 0] = await room.line(1, 2);
      await configure("paused", 2);
      const promote = async (settingsVersion: number) => {
        const bounds = { untilSequence, whilePaused: true, settingsVersion };
        return present(await room.store().promote(room.queueId(), 9, bounds));
      };
      expect((await promote(1)).promoted).to.deep.equal([]);
      expect(userIdsOf((await promote(2)).promoted)).to.deep.equal([1, 2]);
    });
  });
}

/** Cases about the epoch that a store keeps for processes without MySQL. */
export function queueEpochCases(room: RoomUnderTest): void {
  describe("the epoch of a queue", () => {
    const epochs = async () => [(await room.stats()).epoch, (await room.promote()).epoch];
    const keep = (epoch: number) => room.store().keepEpoch(room.queueId(), epoch);

    it("comes with a rebuild, and only grows", async () => {
      await room.rebuild({}, { epoch: 3 });
      expect(await epochs()).to.deep.equal([3, 3]);
      await keep(5);
      expect(await epochs()).to.deep.equal([5, 5]);
      await keep(4);
      expect(await epochs()).to.deep.equal([5, 5]);
    });

    it("makes no state of a queue without one", async () => {
      await keep(5);
      expect(await room.store().stats(room.queueId())).to.deep.equal({ status: "MISSING" });
    });
  });
}
