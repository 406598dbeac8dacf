import type { LineFigures } from "@onsale/core";
import { expect } from "chai";
import { type RoomUnderTest, range } from "./queueRoom.ts";

/** Cases about the figures of a queue, from which waiting times and polls are calculated. */
export function queueFigureCases(room: RoomUnderTest): void {
  describe("the figures of a queue", () => {
    it("are the same from stats, place and join", async () => {
      const generationStartedUs = await room.rebuild({ activeCountMax: 3 });
      await room.line(...range(1, 8));
      await room.promoteAndSettle();
      await room.leave(1, "PAID");
      const known = {
        waitingCount: 5,
        activeCount: 2,
        recentAdmissions: 3,
        latestAdmissions: 3,
        admittedCount: 3,
        generationStartedUs,
      };
      expect(await room.stats()).to.include(known);
      expect(await room.place(5)).to.include({ ...known, position: 2 });
      expect(await room.join(8)).to.include({ ...known, position: 5 });
      expect(await room.join(9)).to.include({ ...known, waitingCount: 6, position: 6 });
    });

    it("count the admissions of the last 10 and 60 seconds, and of the generation", async () => {
      await room.rebuild();
      await room.line(...range(1, 5));
      await admit(room, 2);
      await room.passTime(9_000);
      await admit(room, 1);
      expect(await figures(room)).to.deep.equal({ recent: 3, latest: 3, admitted: 3 });
      await room.passTime(2_000);
      expect(await figures(room)).to.deep.equal({ recent: 3, latest: 1, admitted: 3 });
      await room.passTime(50_000);
      expect(await figures(room)).to.deep.equal({ recent: 1, latest: 0, admitted: 3 });
      await room.passTime(10_000);
      expect(await figures(room)).to.deep.equal({ recent: 0, latest: 0, admitted: 3 });
    });

    it("have the time since the first admission of the last minute", async () => {
      await room.rebuild();
      await room.line(1, 2, 3);
      expect(await measuredMs(room)).to.equal(0);
      await admit(room, 1);
      await room.passTime(20_000);
      await admit(room, 1);
      await room.passTime(5_000);
      expect(await measuredMs(room)).to.be.within(24_990, 27_000);
      await room.passTime(50_000);
      expect(await measuredMs(room)).to.be.within(54_990, 58_000);
      await room.passTime(10_000);
      expect(await measuredMs(room)).to.equal(0);
    });

    it("have the number and the mean duration of the ended admissions", async () => {
      await room.rebuild({ activeTtlMs: 60_000 });
      await room.line(1, 2, 3, 4);
      await admit(room, 4);
      await expectStays(room, { count: 0, seconds: 0 });
      await room.passTime(10_000);
      await room.leave(1, "PAID");
      await expectStays(room, { count: 1, seconds: 10 });
      await room.passTime(20_000);
      await room.leave(2, "LEFT");
      await expectStays(room, { count: 2, seconds: 20 });
      await room.passTime(32_000);
      await room.join(3);
      await expectStays(room, { count: 3, seconds: 34 });
      await admit(room, 1);
      await expectStays(room, { count: 4, seconds: 41 });
    });

    it("have no duration of an admission from an earlier generation", async () => {
      const admittedAtUs = await room.nowUs();
      const expiresAtMs = admittedAtUs / 1000 + 60_000;
      await room.passTime(1_000);
      await room.rebuild({}, { active: [{ userId: 1, sequence: 5, admittedAtUs, expiresAtMs }] });
      await room.leave(1, "PAID");
      await expectStays(room, { count: 0, seconds: 0 });
    });

    it("stay valid when the clock is set back to before the admissions", async () => {
      await room.rebuild();
      await room.line(1, 2, 3);
      await admit(room, 2);
      await room.passTime(-30_000);
      expect(await room.place(3)).to.include({ status: "WAITING", position: 1, measuredMs: 0 });
      await room.leave(1, "PAID");
      await expectStays(room, { count: 1, seconds: 0 });
      expect(await room.join(4)).to.include({ status: "WAITING", position: 2, meanStayMs: 0 });
    });

    it("forget old durations", async () => {
      await room.rebuild({ activeTtlMs: 600_000 });
      await room.line(...range(1, 301));
      await admit(room, 1);
      await room.passTime(100_000);
      await room.leave(1, "PAID");
      await admit(room, 300);
      for (const userId of range(2, 301)) await room.leave(userId, "PAID");
      await expectStays(room, { count: 301, seconds: 0 });
    });

    it("count the admissions of a generation again from 0", async () => {
      const before = await room.rebuild();
      await room.line(1, 2, 3);
      await admit(room, 3);
      expect(await room.stats()).to.include({ admittedCount: 3, generationStartedUs: before });
      await room.lose();
      const after = await room.rebuild();
      expect(await room.stats()).to.include({ admittedCount: 0, generationStartedUs: after });
      expect(after).to.be.above(before);
    });
  });
}

async function admit(room: RoomUnderTest, max: number): Promise<void> {
  await room.settle((await room.promote(max)).journal);
}

async function figures(
  room: RoomUnderTest,
): Promise<{ recent: number; latest: number; admitted: number }> {
  const { recentAdmissions, latestAdmissions, admittedCount }: LineFigures = await room.stats();
  return { recent: recentAdmissions, latest: latestAdmissions, admitted: admittedCount };
}

/** On real servers, the requests themselves take some time too. */
async function expectStays(
  room: RoomUnderTest,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<void> {
  const { stayCount, meanStayMs } = await room.stats();
  expect(stayCount).to.equal(count);
  expect(meanStayMs).to.be.within(seconds * 1000 - 50, seconds * 1000 + 3000);
}

async function measuredMs(room: RoomUnderTest): Promise<number> {
  return (await room.stats()).measuredMs;
}
