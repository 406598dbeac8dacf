import { expect } from "chai";
import { present, type RoomUnderTest, range, rebuildInputOf, userIdsOf } from "./queueRoom.ts";

const RACERS = range(1, 20);

/** Cases about many processes that call one queue at the same time. */
export function queueRaceCases(room: RoomUnderTest): void {
  describe("parallel calls to a queue", () => {
    it("begin one generation when there are 20 rebuilds", async () => {
      const starts = await Promise.all(
        RACERS.map((i) =>
          room.store(i).rebuild(room.queueId(), rebuildInputOf({ activeCountMax: i })),
        ),
      );
      const { generationStartedUs } = await room.stats();
      for (const start of starts) expect(start).to.deep.equal({ generationStartedUs });
    });

    it("give a place or MISSING to users who join during 20 rebuilds", async () => {
      const rebuild = RACERS.map((i) => room.store(i).rebuild(room.queueId(), rebuildInputOf()));
      const places = await Promise.all(
        RACERS.map((userId) => room.store(userId + 1).join(room.queueId(), userId)),
      );
      await Promise.all(rebuild);
      const countOf = (status: string): number =>
        places.filter((place) => place.status === status).length;
      expect(countOf("WAITING") + countOf("MISSING")).to.equal(RACERS.length);
      expect(await room.stats()).to.include({ waitingCount: countOf("WAITING") });
    });

    it("give one place to a user who joins 20 times", async () => {
      await room.rebuild();
      const places = await Promise.all(RACERS.map((i) => room.store(i).join(room.queueId(), 7)));
      expect(new Set(places.map((place) => JSON.stringify(place))).size).to.equal(1);
      expect(await room.stats()).to.include({ waitingCount: 1 });
    });

    it("give 20 places to 20 users who join, and promote them in that order", async () => {
      await room.rebuild();
      const places = await Promise.all(
        RACERS.map(async (userId) => {
          const place = await room.store(userId).join(room.queueId(), userId);
          if (place.status !== "WAITING") throw new Error(`user ${userId} is ${place.status}`);
          return place;
        }),
      );
      places.sort((a, b) => a.sequence - b.sequence);
      expect(places.map((place) => place.position)).to.deep.equal(RACERS);
      expect(userIdsOf((await room.promote()).promoted)).to.deep.equal(userIdsOf(places));
    });

    it("of 20 promoters admit at most as many users as the cap", async () => {
      await room.rebuild({ activeCountMax: 37 });
      await room.line(...range(1, 200));
      const results = await Promise.all(
        RACERS.map((i) => room.store(i).promote(room.queueId(), 10)),
      );
      const moved = results.flatMap((result) => userIdsOf(present(result).promoted));
      expect(moved.sort((a, b) => a - b)).to.deep.equal(range(1, 37));
      expect(await room.stats()).to.include({ activeCount: 37, waitingCount: 163 });
    });

    it("of 20 promoters admit at most a sixtieth of the rate in a second", async () => {
      await room.rebuild({ admissionRatePerMinute: 600 });
      await room.line(...range(1, 50));
      const results = await Promise.all(
        RACERS.map((i) => room.store(i).promote(room.queueId(), 3)),
      );
      const movedCounts = results.map((result) => present(result).movedCount);
      expect(movedCounts.reduce((sum, count) => sum + count, 0)).to.equal(10);
    });

    it("of 20 leaves end an admission once", async () => {
      await room.rebuild();
      await room.line(1);
      await room.promoteAndSettle();
      const answers = await Promise.all(
        RACERS.map((i) => room.store(i).leave(room.queueId(), 1, "LEFT")),
      );
      expect(answers.filter((answer) => answer.status === "ENDED")).to.have.length(1);
      expect((await room.promote()).ended).to.have.length(1);
    });

    for (const first of ["leavers", "promoters", "neither"] as const) {
      it(`let each user leave or be promoted, with ${first} first`, async () => {
        await room.rebuild({ activeCountMax: 10 });
        await room.line(...RACERS);
        const leave = async (userId: number): Promise<number[]> => {
          const answer = await room.store(userId).leave(room.queueId(), userId, "LEFT");
          return "ended" in answer && answer.ended === undefined ? [userId] : [];
        };
        const promote = async (i: number): Promise<number[]> =>
          userIdsOf(present(await room.store(i + 1).promote(room.queueId(), 1)).promoted);
        const orders = {
          leavers: () => [...RACERS.map(leave), ...RACERS.map(promote)],
          promoters: () => [...RACERS.map(promote), ...RACERS.map(leave)],
          neither: () => RACERS.flatMap((i) => [promote(i), leave(i)]),
        };
        const gone = (await Promise.all(orders[first]())).flat();
        expect(gone.sort((a, b) => a - b)).to.deep.equal(RACERS);
        expect(await room.stats()).to.include({ waitingCount: 0, activeCount: 0 });
      });
    }
  });
}
