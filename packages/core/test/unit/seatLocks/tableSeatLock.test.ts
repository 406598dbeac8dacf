import { expect } from "chai";
import { memoryLockTable } from "../../../src/adapters/memory/lockTable.ts";
import { createRedisState } from "../../../src/adapters/memory/redisState/redisState.ts";
import { directLink } from "../../../src/adapters/memory/serverLink.ts";
import type { LockTable } from "../../../src/adapters/shared/seatLocks/lockTable.ts";
import { renewedTable } from "../../../src/adapters/shared/seatLocks/renewedTable.ts";
import { tableSeatLock } from "../../../src/adapters/shared/seatLocks/tableSeatLock.ts";
import { systemIds } from "../../../src/shared/ids.ts";
import { fakeClock, settlePromises } from "../../support/fakeClock.ts";

const TTL_MS = 1_000;
const WAIT_MS = 300;

function rig() {
  const clock = fakeClock();
  const state = createRedisState({ clock });
  const table = memoryLockTable(state, directLink, TTL_MS);
  let attempts = 0;
  const counted = {
    ...table,
    take(seatIds: readonly number[], token: string) {
      attempts += 1;
      return table.take(seatIds, token);
    },
  };
  const ports = { clock, ids: systemIds, random: { next: () => 0.5 } };
  const lockOf = (strategy: "simple" | "spin" | "pubsub", on: LockTable = counted) =>
    tableSeatLock(strategy, on, ports, { ttlMs: TTL_MS, waitMs: WAIT_MS });
  const ending = new AbortController();
  return { ending, clock, state, table, lockOf, attempts: () => attempts };
}

/** Looks whether a promise has settled, and how. */
async function stateOf<T>(promise: Promise<T>): Promise<T | "waiting"> {
  await settlePromises();
  return Promise.race([promise, Promise.resolve("waiting" as const)]);
}

describe("a seat lock over a lock table", () => {
  it("refuses at once with simple", async () => {
    const { lockOf, attempts } = rig();
    const lock = lockOf("simple");
    await lock.tryAcquire([1]);
    expect(await lock.tryAcquire([1])).to.equal(undefined);
    expect(attempts()).to.equal(2);
  });

  it("refuses and releases a lock whose answer came too late for the work", async () => {
    const { clock, table, lockOf } = rig();
    const slow: LockTable = {
      ...table,
      async take(seatIds, token) {
        const answer = await table.take(seatIds, token);
        await clock.advance(TTL_MS / 2);
        return answer;
      },
    };
    expect(await lockOf("simple", slow).tryAcquire([1])).to.equal(undefined);
    expect(await lockOf("simple").tryAcquire([1])).not.to.equal(undefined);
  });

  it("repeats the attempt with spin until the wait is over", async () => {
    const { clock, lockOf, attempts } = rig();
    const lock = lockOf("spin");
    await lock.tryAcquire([1]);
    const loser = lock.tryAcquire([1]);
    expect(await stateOf(loser)).to.equal("waiting");
    await clock.advance(WAIT_MS);
    expect(await stateOf(loser)).to.equal(undefined);
    // Pauses of 2, 4, 8, 16 and then 32 ms: 300 ms have time for 12 of them.
    expect(attempts()).to.equal(1 + 13);
  });

  it("makes one attempt for each release with pubsub", async () => {
    const { lockOf, attempts } = rig();
    const lock = lockOf("pubsub");
    const owner = await lock.tryAcquire([1]);
    const waiting = [1, 2, 3].map(() => lock.tryAcquire([1]));
    expect(await Promise.all(waiting.map(stateOf))).to.deep.equal(Array(3).fill("waiting"));
    expect(attempts()).to.equal(4);
    await owner?.release();
    const [first, ...rest] = await Promise.all(waiting.map(stateOf));
    expect(first).to.be.an("object");
    expect(rest).to.deep.equal(["waiting", "waiting"]);
    expect(attempts()).to.equal(5);
  });

  it("refuses with pubsub at the end of the wait when the owner never releases", async () => {
    const { clock, lockOf, attempts } = rig();
    const lock = lockOf("pubsub");
    await lock.tryAcquire([1]);
    const loser = lock.tryAcquire([1]);
    await clock.advance(WAIT_MS);
    expect(await stateOf(loser)).to.equal(undefined);
    expect(attempts()).to.equal(2);
    expect(clock.sleeping()).to.equal(0);
  });

  it("passes a release on from a buyer who wants another locked seat too", async () => {
    const { lockOf, attempts } = rig();
    const lock = lockOf("pubsub");
    const [one] = await Promise.all([lock.tryAcquire([1]), lock.tryAcquire([2])]);
    const pairs = [lock.tryAcquire([1, 2]), lock.tryAcquire([1, 2])];
    const single = lock.tryAcquire([1]);
    await settlePromises();
    await one?.release();
    expect(await stateOf(single)).to.be.an("object");
    expect(await Promise.all(pairs.map(stateOf))).to.deep.equal(["waiting", "waiting"]);
    // Five at the beginning, and each waiter once for the release.
    expect(attempts()).to.equal(5 + 3);
  });

  it("renews a lock until its release", async () => {
    const { clock, table, lockOf, ending } = rig();
    const lock = lockOf("simple", renewedTable(table, clock, TTL_MS, ending.signal));
    const lease = await lock.tryAcquire([1]);
    await clock.advance(3 * TTL_MS);
    expect(await lock.tryAcquire([1])).to.equal(undefined);
    await lease?.release();
    expect(clock.sleeping()).to.equal(0);
    expect(await lock.tryAcquire([1])).not.to.equal(undefined);
  });

  it("stops to renew when the process ends", async () => {
    const { clock, table, lockOf, ending } = rig();
    await lockOf("simple", renewedTable(table, clock, TTL_MS, ending.signal)).tryAcquire([1]);
    ending.abort();
    await settlePromises();
    expect(clock.sleeping()).to.equal(0);
    await clock.advance(TTL_MS + 1);
    expect(await lockOf("simple").tryAcquire([1])).not.to.equal(undefined);
  });

  it("does not renew a lock that another buyer has after a loss of Redis", async () => {
    const { clock, state, table, lockOf, ending } = rig();
    await lockOf("simple", renewedTable(table, clock, TTL_MS, ending.signal)).tryAcquire([1]);
    state.lose();
    await lockOf("simple").tryAcquire([1]);
    await clock.advance(TTL_MS + 1);
    expect(await lockOf("simple").tryAcquire([1])).not.to.equal(undefined);
  });
});
