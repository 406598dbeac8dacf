import { expect } from "chai";
import { throughCache } from "../../../src/adapters/shared/throughCache.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { recordingMetrics } from "../../support/recorders.ts";

const TTL_MS = 200;

describe("the copies of a process", () => {
  function useCache() {
    const clock = fakeClock();
    const metrics = recordingMetrics();
    const shared = new Map<string, unknown>();
    const calls: string[] = [];
    const cache = throughCache(
      {
        async read(key) {
          calls.push(`read ${key}`);
          return shared.has(key) ? { value: shared.get(key) } : undefined;
        },
        write(key, _ttlMs, value) {
          calls.push(`write ${key}`);
          shared.set(key, value);
        },
      },
      { clock, metrics },
    );
    const read = (loaded: string) =>
      cache.through({ key: "hall", ttlMs: TTL_MS, load: async () => loaded, parse: String });
    const counted = (source: string) => metrics.counted("cache_reads_total", { source });
    return { cache, calls, clock, counted, read, shared };
  }

  it("answer reads without the server for a quarter of the time to live", async () => {
    const { calls, clock, read, shared } = useCache();
    expect(await read("one")).to.equal("one");
    shared.set("hall", "of another process");
    await clock.advance(TTL_MS / 4);
    expect(await read("two")).to.equal("one");
    expect(calls).to.deep.equal(["read hall", "write hall"]);
    await clock.advance(1);
    expect(await read("two")).to.equal("of another process");
    await clock.advance(TTL_MS / 4);
    expect(await read("two")).to.equal("of another process");
    expect(calls).to.deep.equal(["read hall", "write hall", "read hall"]);
  });

  it("are counted apart from shared copies and loads", async () => {
    const { clock, counted, read, shared } = useCache();
    // The second read waits for the load of the first one.
    await Promise.all([read("one"), read("one")]);
    await read("one");
    shared.set("hall", "of another process");
    await clock.advance(TTL_MS / 4 + 1);
    await read("two");
    expect([counted("loaded"), counted("shared"), counted("process")]).to.deep.equal([1, 1, 2]);
  });

  it("do not outlive a load that failed", async () => {
    const { cache, read } = useCache();
    const load = () => Promise.reject(new Error("no database"));
    const failing = cache.through({ key: "hall", ttlMs: TTL_MS, load, parse: String });
    expect(await failing.catch(String)).to.equal("Error: no database");
    expect(await read("one")).to.equal("one");
  });

  it("are bounded in number", async () => {
    const { cache, calls } = useCache();
    const read = (key: string) =>
      cache.through({ key, ttlMs: TTL_MS, load: async () => key, parse: String });
    for (let hall = 0; hall <= 1000; hall += 1) await read(`hall ${hall}`);
    calls.length = 0;
    await read("hall 1000");
    await read("hall 0");
    expect(calls).to.deep.equal(["read hall 0"]);
  });
});
