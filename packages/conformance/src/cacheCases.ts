import type { Cache } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { useOpened } from "./useOpened.ts";

const TTL_MS = 60_000;
/** The copy must arrive within this number of reads. Each read is a round trip. */
const READS_MAX = 10_000;

/** The cases that every cache must pass. */
export function cacheCases(set: AdapterSet): void {
  describe(`cache, ${set.name}`, () => {
    const opened = useOpened(set);
    let cache: Cache;
    let other: Cache;
    let keyCount = 0;
    const key = (): string => `key-${keyCount}`;
    before("opens a second process", async () => {
      cache = opened().core.cache;
      other = (await opened().another()).cache;
    });
    beforeEach("takes a new key", () => {
      keyCount += 1;
    });

    /** Reads a value of any type. */
    const read = (by: Cache, load: () => Promise<unknown>, ofKey = key()): Promise<unknown> =>
      by.through({ key: ofKey, ttlMs: TTL_MS, load, parse: (copy) => copy });
    const noCopy = (): Promise<never> => Promise.reject(new Error("there is no copy"));
    /** Stores a copy and waits for it, because the cache returns before the copy is written. */
    async function copied(value: unknown): Promise<void> {
      await read(cache, async () => value);
      await copiedTo(() => read(other, noCopy));
    }
    /** Repeats a read until it finds the copy. */
    async function copiedTo(look: () => Promise<unknown>): Promise<void> {
      for (let reads = 1; ; reads += 1) {
        try {
          await look();
          return;
        } catch (error) {
          if (reads === READS_MAX) throw error;
        }
      }
    }
    /** A process that has no copy of its own. */
    const newProcess = async (): Promise<Cache> => (await opened().another()).cache;

    it("loads a value once for 50 readers in one process", async () => {
      let loads = 0;
      const load = async (): Promise<string> => {
        loads += 1;
        return "value";
      };
      const values = await Promise.all(Array.from({ length: 50 }, () => read(cache, load)));
      expect(loads).to.equal(1);
      expect(new Set(values)).to.deep.equal(new Set(["value"]));
    });

    it("serves another process from the copy, and keeps dates and undefined fields", async () => {
      const value = { startsAt: new Date(1_790_000_000_000), seats: [1, 2], note: undefined };
      await copied(value);
      expect(await read(other, noCopy)).to.deep.equal(value);
    });

    it("stores undefined as a value", async () => {
      await copied(undefined);
      expect(await read(other, noCopy)).to.equal(undefined);
    });

    it("stores the value of each key separately", async () => {
      await copied("one");
      expect(await read(other, async () => "two", `${key()}-beside`)).to.equal("two");
      expect(await read(other, noCopy)).to.equal("one");
    });

    it("serves a copy until its time to live ends", async () => {
      await copied(1);
      await opened().passTime(TTL_MS / 2);
      expect(await read(await newProcess(), noCopy)).to.equal(1);
      await opened().passTime(TTL_MS / 2 + 1);
      expect(await read(await newProcess(), async () => 2)).to.equal(2);
    });

    it("lets no reader change what other readers get", async () => {
      await copied({ seats: [1, 2] });
      for (const reader of [cache, other]) {
        const served = seatsOf(await read(reader, noCopy));
        expect(() => served.push(3)).to.throw(TypeError);
      }
      expect(await read(await newProcess(), noCopy)).to.deep.equal({ seats: [1, 2] });
    });

    it("freezes the value that a reader has loaded, because other readers get it", async () => {
      const value = { seats: [1, 2] };
      await read(cache, async () => value);
      expect(() => value.seats.push(3)).to.throw(TypeError);
    });

    it("finds a kept value in every process until its time to live ends", async () => {
      const find = (by: Cache) => by.find({ key: key(), ttlMs: TTL_MS, parse: seatsOf });
      expect(await find(cache)).to.equal(undefined);
      cache.keep(key(), TTL_MS, { seats: [1, 2] });
      expect(await find(cache)).to.deep.equal([1, 2]);
      await copiedTo(async () => expect(await find(other)).to.deep.equal([1, 2]));
      await opened().passTime(TTL_MS + 1);
      expect(await find(await newProcess())).to.equal(undefined);
    });

    it("finds no kept value of another form", async () => {
      await copied("of another version");
      const wanted = { key: key(), ttlMs: TTL_MS, parse: seatsOf };
      expect(await other.find(wanted)).to.equal(undefined);
    });

    it("loads the value again when the copy does not have the expected form", async () => {
      await copied("of another version");
      const wanted = { key: key(), ttlMs: TTL_MS, load: async () => [1], parse: seatsOf };
      expect(await other.through(wanted)).to.deep.equal([1]);
    });

    it("stores no failure, and rejects every reader that waited for it", async () => {
      let loads = 0;
      const load = async (): Promise<string> => {
        loads += 1;
        throw new Error("no database");
      };
      const readers = [1, 2].map(() => read(cache, load));
      const failures = await Promise.allSettled(readers);
      expect(
        failures.map((failure) => failure.status === "rejected" && String(failure.reason)),
      ).to.deep.equal(["Error: no database", "Error: no database"]);
      expect(loads).to.equal(1);
      expect(await read(cache, async () => "back")).to.equal("back");
    });

    it("loads the value again after Redis lost its state", async () => {
      await copied(1);
      await opened().loseRedisState();
      expect(await read(await newProcess(), async () => 2)).to.equal(2);
    });
  });
}

/** Parses a copy. @throws unless the copy is an object with seats */
function seatsOf(copy: unknown): number[] {
  const isFit = typeof copy === "object" && copy !== null && "seats" in copy;
  if (!isFit || !Array.isArray(copy.seats)) throw new Error("the copy has no seats");
  return copy.seats;
}
