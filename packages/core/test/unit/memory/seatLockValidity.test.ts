import { expect } from "chai";
import { createRedisState } from "../../../src/adapters/memory/redisState/redisState.ts";
import { memoryRedlock } from "../../../src/adapters/memory/redlockSeatLock.ts";
import type { ServerLink } from "../../../src/adapters/memory/serverLink.ts";
import { fakeClock } from "../../support/fakeClock.ts";

const TTL_MS = 1_000;
/** The allowance of Redlock for clock drift: one hundredth and 2 ms. */
const DRIFT_MS = 12;

describe("the remaining validity of an in-memory seat lock", () => {
  /** A lock whose answers are slow. */
  function lockBehind(travelMs: number, workBudgetMs?: number) {
    const clock = fakeClock();
    const redisState = createRedisState({ clock });
    const link: ServerLink = {
      async call(_server, point, work) {
        const answer = await work();
        if (point === "seatLock.acquire") await clock.advance(travelMs);
        return answer;
      },
    };
    return {
      lock: memoryRedlock(redisState, link, clock, { ttlMs: TTL_MS, workBudgetMs }),
      lockCount: () => redisState.locks.size(),
    };
  }

  it("leads to a refusal and a release when it is too short for the work", async () => {
    const { lock, lockCount } = lockBehind(TTL_MS / 2 - DRIFT_MS);
    expect(await lock.tryAcquire([1, 2])).to.equal(undefined);
    expect(lockCount()).to.equal(0);
  });

  it("leads to a lock when it is just long enough", async () => {
    const { lock, lockCount } = lockBehind(TTL_MS / 2 - DRIFT_MS - 1);
    expect(await lock.tryAcquire([1, 2])).not.to.equal(undefined);
    expect(lockCount()).to.equal(2);
  });

  it("is compared with the work budget of the caller", async () => {
    expect(await lockBehind(100, TTL_MS - 100 - DRIFT_MS).lock.tryAcquire([1])).to.equal(undefined);
    const just = lockBehind(100, TTL_MS - 100 - DRIFT_MS - 1);
    expect(await just.lock.tryAcquire([1])).not.to.equal(undefined);
  });
});
