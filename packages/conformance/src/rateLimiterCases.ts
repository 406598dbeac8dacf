import type { RateLimiter } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { useOpened } from "./useOpened.ts";

const MINUTE_MS = 60_000;

/**
 * The cases that every rate limiter must pass. A process that has refused a request of a subject
 * may refuse all later ones until the window ends by the clock of the process. A case cannot change
 * this clock. So a case that lets time pass continues with another process, which has not refused a
 * request yet.
 */
export function rateLimiterCases(set: AdapterSet): void {
  describe(`rate limiter, ${set.name}`, () => {
    const opened = useOpened(set);
    let limiter: RateLimiter;
    let second: RateLimiter;
    let third: RateLimiter;
    let subjectCount = 0;
    const subject = (): string => `user:${subjectCount}`;
    before("opens more processes", async () => {
      limiter = opened().core.rateLimiter;
      second = (await opened().another()).rateLimiter;
      third = (await opened().another()).rateLimiter;
    });
    beforeEach("takes a new subject", () => {
      subjectCount += 1;
    });

    it("allows as many calls as the limit, counted over all processes", async () => {
      const limit = { points: 5, perMs: MINUTE_MS };
      const decisions = await Promise.all(
        Array.from({ length: 20 }, (_unused, i) =>
          (i % 2 === 0 ? limiter : second).take(subject(), limit),
        ),
      );
      const allowed = decisions.filter((decision) => decision.allowed);
      expect(allowed).to.have.length(5);
      for (const decision of allowed) expect(decision.retryAfterMs).to.equal(0);
      for (const refused of decisions.filter((decision) => !decision.allowed))
        expect(refused.retryAfterMs).to.be.within(1, MINUTE_MS);
    });

    it("counts each subject and each limit separately", async () => {
      const one = { points: 1, perMs: MINUTE_MS };
      expect(await limiter.take(subject(), one)).to.include({ allowed: true });
      expect(await limiter.take(subject(), one)).to.include({ allowed: false });
      expect(await limiter.take(`${subject()}:beside`, one)).to.include({ allowed: true });
      const five = { points: 5, perMs: MINUTE_MS };
      expect(await limiter.take(subject(), five)).to.include({ allowed: true });
      const longer = { points: 1, perMs: 2 * MINUTE_MS };
      expect(await limiter.take(subject(), longer)).to.include({ allowed: true });
    });

    it("returns the time until the window ends when it refuses a call", async () => {
      const limit = { points: 1, perMs: MINUTE_MS };
      await limiter.take(subject(), limit);
      await opened().passTime(MINUTE_MS / 2);
      const refused = await second.take(subject(), limit);
      expect(refused.allowed).to.equal(false);
      expect(refused.retryAfterMs).to.be.within(1, MINUTE_MS / 2);
    });

    it("starts a new window when the first one ends, not later", async () => {
      const limit = { points: 2, perMs: MINUTE_MS };
      expect(await limiter.take(subject(), limit)).to.include({ allowed: true });
      await opened().passTime(40_000);
      expect(await second.take(subject(), limit)).to.include({ allowed: true });
      await opened().passTime(20_001);
      expect(await limiter.take(subject(), limit)).to.include({ allowed: true });
      expect(await third.take(subject(), limit)).to.include({ allowed: true });
      expect(await third.take(subject(), limit)).to.include({ allowed: false });
    });

    it("rounds a window to whole seconds, and to at least one second", async () => {
      const uneven = { points: 1, perMs: 90_400 };
      await limiter.take(subject(), uneven);
      const { retryAfterMs } = await second.take(subject(), uneven);
      expect(retryAfterMs).to.be.within(MINUTE_MS, 90_000);
      const short = { points: 1, perMs: 10 };
      const taken = await Promise.all([
        limiter.take(subject(), short),
        limiter.take(subject(), short),
      ]);
      expect(taken.map((decision) => decision.allowed)).to.deep.equal([true, false]);
      expect(taken[1]?.retryAfterMs).to.be.within(1, 1000);
    });

    it("counts from zero after Redis lost its state", async () => {
      const limit = { points: 2, perMs: MINUTE_MS };
      await limiter.take(subject(), limit);
      await second.take(subject(), limit);
      await opened().loseRedisState();
      expect(await limiter.take(subject(), limit)).to.include({ allowed: true });
      expect(await third.take(subject(), limit)).to.include({ allowed: true });
    });
  });
}
