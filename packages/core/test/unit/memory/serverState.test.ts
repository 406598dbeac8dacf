import { present, range, rebuildInputOf } from "@onsale/conformance/queue/queueRoom";
import { expect } from "chai";
import fc from "fast-check";
import { memoryQueueStore } from "../../../src/adapters/memory/queueStore.ts";
import { expiringMap } from "../../../src/adapters/memory/redisState/expiringMap.ts";
import { createRedisState } from "../../../src/adapters/memory/redisState/redisState.ts";
import { serverClock } from "../../../src/adapters/memory/redisState/serverClock.ts";
import { sortedSet } from "../../../src/adapters/memory/redisState/sortedSet.ts";
import { directLink } from "../../../src/adapters/memory/serverLink.ts";
import { fakeClock } from "../../support/fakeClock.ts";

describe("in the in-memory Redis,", () => {
  describe("a sorted set", () => {
    const member = fc.integer({ min: 0, max: 15 }).map(String);
    const score = fc.integer({ min: 0, max: 7 });
    const step = fc.oneof(
      fc.record({ what: fc.constant("set" as const), member, score }),
      fc.record({ what: fc.constant("delete" as const), member, score }),
      fc.record({ what: fc.constant("takeFirst" as const), member, score }),
    );

    it("orders, ranks and counts its members like a list that is sorted each time", () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), score, (steps, asked) => {
          const set = sortedSet();
          let list: { member: string; score: number }[] = [];
          for (const { what, member: name, score: number } of steps) {
            const kept = list.filter((entry) => entry.member !== name);
            if (what === "set") {
              set.set(name, number);
              list = [...kept, { member: name, score: number }].sort(
                (a, b) => a.score - b.score || (a.member < b.member ? -1 : 1),
              );
            } else if (what === "delete") {
              expect(set.delete(name)).to.equal(kept.length < list.length);
              list = kept;
            } else {
              expect(set.takeFirst(number)).to.deep.equal(list.slice(0, number));
              list = list.slice(number);
            }
          }
          expect(set.size()).to.equal(list.length);
          expect(set.first(100)).to.deep.equal(list.map((entry) => entry.member));
          expect(set.countBelow(asked)).to.equal(list.filter((e) => e.score < asked).length);
          expect(set.countUpTo(asked)).to.equal(list.filter((e) => e.score <= asked).length);
          for (const [rank, entry] of list.entries()) {
            expect(set.rankOf(entry.member)).to.equal(rank);
            expect(set.scoreOf(entry.member)).to.equal(entry.score);
          }
          expect(set.rankOf("absent")).to.equal(undefined);
        }),
      );
    });
  });

  describe("the clock of the server", () => {
    it("returns whole microseconds of time for a clock with fractions", () => {
      const nowMs = 1_700_000_000_000.123;
      expect(serverClock({ nowMs: () => nowMs })()).to.equal(1_700_000_000_000_123);
    });

    it("gives each call a later time, even within a tick of a coarse clock", () => {
      const clock = fakeClock();
      const nowUs = serverClock(clock);
      const times = range(1, 1_500).map(() => nowUs());
      expect(times).to.deep.equal(range(times[0] ?? 0, (times[0] ?? 0) + 1_499));
    });

    it("follows the process's clock again when that clock has caught up", async () => {
      const clock = fakeClock();
      const nowUs = serverClock(clock);
      for (let call = 0; call < 1_500; call += 1) nowUs();
      await clock.advance(1);
      expect(nowUs()).to.equal(clock.nowMs() * 1000 + 500);
      await clock.advance(1);
      expect(nowUs()).to.equal(clock.nowMs() * 1000);
    });

    it("follows a clock that is set back, and returns ascending times when it jitters", () => {
      let nowMs = 1_700_000_000_000;
      const nowUs = serverClock({ nowMs: () => nowMs });
      const first = nowUs();
      nowMs -= 10;
      expect(nowUs()).to.equal(first + 1);
      nowMs -= 60_000;
      expect(nowUs()).to.equal(nowMs * 1000);
    });
  });

  describe("an expiring map", () => {
    it("returns an entry until its last millisecond", () => {
      const map = expiringMap<string>();
      map.set("key", "value", 1_000, 0);
      expect(map.get("key", 1_000)?.value).to.equal("value");
      expect(map.get("key", 1_001)).to.equal(undefined);
      expect(map.size()).to.equal(0);
    });

    it("removes expired entries as new entries arrive, even behind long-lived entries", () => {
      const map = expiringMap<string>();
      for (const name of range(1, 10)) map.set(`long ${name}`, "", 1_000_000, 0);
      for (const nowMs of range(1, 10_000)) map.set(`short ${nowMs}`, "", nowMs + 10, nowMs);
      expect(map.size()).to.be.below(100);
      expect(map.get("long 1", 10_000)).not.to.equal(undefined);
    });
  });

  describe("a waiting room", () => {
    it("keeps no admissions that are older than a minute", async () => {
      const clock = fakeClock();
      const redisState = createRedisState({ clock });
      const store = memoryQueueStore(redisState, directLink);
      await store.rebuild("main", rebuildInputOf());
      for (const userId of range(1, 40)) await store.join("main", userId);
      await store.promote("main", 500);
      await clock.advance(61_000);
      await store.promote("main", 500);
      expect(redisState.rooms.get("main")?.admissions.size()).to.equal(0);
    });

    it("keeps no entries of users whose end of admission is recorded", async () => {
      const redisState = createRedisState({ clock: fakeClock() });
      const store = memoryQueueStore(redisState, directLink);
      await store.rebuild("main", rebuildInputOf());
      for (const userId of range(1, 4)) await store.join("main", userId, userId);
      await store.leave("main", 4, "LEFT");
      const { journal } = present(await store.promote("main", 500));
      for (const userId of range(1, 3)) await store.leave("main", userId, "LEFT");
      await store.settle("main", journal);
      await store.settle("main", present(await store.promote("main", 500)).journal);
      const room = redisState.rooms.get("main");
      const sets = [room?.waiting, room?.active, room?.unactivated, room?.promotions, room?.ends];
      expect(sets.map((set) => set?.size())).to.deep.equal([0, 0, 0, 0, 0]);
      expect([room?.admitted.size, room?.entered.size]).to.deep.equal([0, 0]);
    });

    it("ends an admission even when the clock was set back to before its start", async () => {
      let nowMs = 1_700_000_000_000;
      const redisState = createRedisState({ clock: { nowMs: () => nowMs } });
      const store = memoryQueueStore(redisState, directLink);
      await store.rebuild("main", rebuildInputOf());
      nowMs -= 60_000;
      await store.join("main", 1);
      const { journal } = present(await store.promote("main", 500));
      await store.leave("main", 1, "PAID");
      await store.settle("main", journal);
      expect(await store.place("main", 1)).to.deep.equal({ status: "NONE" });
    });
  });
});
