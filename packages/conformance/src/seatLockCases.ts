import type { SeatLock, SeatLockLease } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { useOpened } from "./useOpened.ts";

/** Lifetime of a lock: longer than a case takes, even on a busy machine. */
const TTL_MS = 20_000;
/** Number of seats that only one case uses. */
const SEATS_PER_CASE = 10;

/** A wait that is over at once, so that a refusal does not slow the cases down. */
const WAIT_MS = 1;
/** A wait that a busy machine does not exceed. */
const LONG_WAIT_MS = 10_000;

/** The cases that every seat lock must pass, with each strategy. */
export function seatLockCases(set: AdapterSet): void {
  for (const strategy of ["redlock", "semaphore", "simple", "spin", "pubsub"]) {
    lockingCases(set, strategy);
  }
  for (const strategy of ["spin", "pubsub"]) waitingCases(set, strategy);
  describe(`no seat lock, ${set.name}`, () => {
    const opened = useOpened(set, { SEAT_LOCK: "conditional" });

    it("returns a lease to every buyer, so that MySQL decides", async () => {
      const { seatLock } = opened().core;
      const leases = await Promise.all([seatLock.tryAcquire([1]), seatLock.tryAcquire([1])]);
      expect(leases).not.to.include(undefined);
      await Promise.all(leases.map((lease) => lease?.release()));
    });
  });
}

function lockingCases(set: AdapterSet, strategy: string): void {
  describe(`seat lock ${strategy}, ${set.name}`, () => {
    const opened = useOpened(set, {
      SEAT_LOCK: strategy,
      SEAT_LOCK_TTL_MS: String(TTL_MS),
      SEAT_LOCK_WAIT_MS: String(WAIT_MS),
    });
    let lock: SeatLock;
    let other: SeatLock;
    let seatOffset = 0;
    before("opens a second process", async () => {
      lock = opened().core.seatLock;
      other = (await opened().another()).seatLock;
    });
    beforeEach("takes new seats", () => {
      seatOffset += SEATS_PER_CASE;
    });

    const ask = (by: SeatLock, ...seats: number[]): Promise<SeatLockLease | undefined> =>
      by.tryAcquire(seats.map((seat) => seatOffset + seat));
    async function isFree(...seats: number[]): Promise<boolean> {
      const lease = await ask(other, ...seats);
      await lease?.release();
      return lease !== undefined;
    }

    it("locks a seat for exactly one of 50 buyers, over all processes", async () => {
      const leases = await Promise.all(
        Array.from({ length: 50 }, (_unused, i) => ask(i % 2 === 0 ? lock : other, 1)),
      );
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
    });

    it("locks a seat for the next buyer after the release", async () => {
      const lease = await ask(lock, 1);
      expect(await isFree(1)).to.equal(false);
      await lease?.release();
      expect(await isFree(1)).to.equal(true);
    });

    it("locks different seats for several buyers at the same time", async () => {
      const leases = await Promise.all([1, 2, 3, 4].map((seat) => ask(lock, seat)));
      expect(leases).not.to.include(undefined);
    });

    it("locks all seats of a request or none", async () => {
      const first = await ask(lock, 2);
      expect(await ask(other, 1, 2, 3)).to.equal(undefined);
      expect(await isFree(1, 3)).to.equal(true);
      await first?.release();
      expect(await ask(other, 1, 2, 3)).not.to.equal(undefined);
      for (const seat of [1, 2, 3]) expect(await ask(lock, seat)).to.equal(undefined);
    });

    it("releases all seats of a request", async () => {
      const lease = await ask(lock, 1, 2, 3);
      await lease?.release();
      expect(await isFree(1, 2, 3)).to.equal(true);
    });

    it("locks a seat once when the request names it twice", async () => {
      const lease = await ask(lock, 1, 1);
      expect(lease).not.to.equal(undefined);
      expect(await isFree(1)).to.equal(false);
      await lease?.release();
      expect(await isFree(1)).to.equal(true);
    });

    it("locks the seats of only one of two requests that have seats in common", async () => {
      for (let round = 0; round < 20; round += 1) {
        const leases = await Promise.all([ask(lock, 1, 2, 3, 4), ask(other, 3, 4, 5, 6)]);
        expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
        await Promise.all(leases.map((lease) => lease?.release()));
      }
    });

    it("does not release the next buyer's lock at a second release", async () => {
      const first = await ask(lock, 1);
      await first?.release();
      const second = await ask(lock, 1);
      await first?.release();
      expect(await isFree(1)).to.equal(false);
      await second?.release();
      expect(await isFree(1)).to.equal(true);
    });

    it("ends when its lifetime is over and it was not released", async () => {
      await ask(lock, 1);
      await opened().passTime(TTL_MS / 2);
      expect(await isFree(1)).to.equal(false);
      await opened().passTime(TTL_MS / 2 + 1);
      expect(await isFree(1)).to.equal(true);
    });

    it("does not release a lock that expired and that another buyer has now", async () => {
      const late = await ask(lock, 1, 2);
      await opened().passTime(TTL_MS + 1);
      await ask(other, 2);
      await late?.release();
      expect(await ask(lock, 2)).to.equal(undefined);
      expect(await isFree(1)).to.equal(true);
    });

    it("is lost with Redis's state, and its release does not remove a newer lock", async () => {
      const lost = await ask(lock, 1);
      await opened().loseRedisState();
      const lease = await ask(other, 1);
      expect(lease).not.to.equal(undefined);
      await lost?.release();
      expect(await ask(lock, 1)).to.equal(undefined);
    });
  });
}

/** The cases of the strategies that wait for a release. */
function waitingCases(set: AdapterSet, strategy: string): void {
  describe(`seat lock ${strategy} with a wait, ${set.name}`, () => {
    const opened = useOpened(set, {
      SEAT_LOCK: strategy,
      SEAT_LOCK_TTL_MS: String(TTL_MS),
      SEAT_LOCK_WAIT_MS: String(LONG_WAIT_MS),
    });

    it("gives the seat to each of 20 buyers of two processes, one after the other", async () => {
      const { core } = opened();
      const other = await opened().another();
      let owners = 0;
      let ownersMax = 0;
      const buy = async (one: SeatLock): Promise<boolean> => {
        const lease = await one.tryAcquire([1]);
        owners += 1;
        ownersMax = Math.max(ownersMax, owners);
        // Another round trip, so that the owners would overlap without the lock.
        await (await one.tryAcquire([2]))?.release();
        owners -= 1;
        await lease?.release();
        return lease !== undefined;
      };
      const granted = await Promise.all(
        Array.from({ length: 20 }, (_unused, i) => buy((i % 2 === 0 ? core : other).seatLock)),
      );
      expect(granted).not.to.include(false);
      expect(ownersMax).to.equal(1);
    });

    it("wakes a buyer of one seat beside a buyer who also wants a locked seat", async () => {
      const { seatLock } = opened().core;
      const first = await seatLock.tryAcquire([11]);
      const second = await seatLock.tryAcquire([12]);
      const both = seatLock.tryAcquire([11, 12]);
      const single = seatLock.tryAcquire([11]);
      await first?.release();
      const lease = await single;
      expect(lease).not.to.equal(undefined);
      await lease?.release();
      await second?.release();
      const last = await both;
      expect(last).not.to.equal(undefined);
      await last?.release();
    });
  });
}
