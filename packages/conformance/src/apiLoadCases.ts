import type { ApiLoad, ApiLoadStore } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { useOpened } from "./useOpened.ts";

const TTL_MS = 60_000;

function loadOf(processName: string, inFlight: number): ApiLoad {
  const pool = { inUse: 16, waiting: 3, max: 16 };
  return { processName, inFlight, inFlightMax: 512, pool, loopDelayMs: 12.5 };
}

/** The cases that every store of the reports of processes must pass. */
export function apiLoadCases(set: AdapterSet): void {
  describe(`reports of API processes, ${set.name}`, () => {
    const opened = useOpened(set);
    let store: ApiLoadStore;
    let other: ApiLoadStore;
    before("opens a second process", async () => {
      store = opened().core.apiLoads;
      other = (await opened().another()).apiLoads;
    });
    beforeEach("removes every report", async () => {
      for (const { processName } of await store.list()) await store.remove(processName);
    });

    it("lists the last report of each process, in the order of their names", async () => {
      expect(await store.list()).to.deep.equal([]);
      await store.report(loadOf("b:2", 1), TTL_MS);
      await other.report(loadOf("a:1", 2), TTL_MS);
      await store.report(loadOf("b:2", 3), TTL_MS);
      expect(await store.list()).to.deep.equal([loadOf("a:1", 2), loadOf("b:2", 3)]);
    });

    it("leaves out a process that did not renew its report in time", async () => {
      await store.report(loadOf("a:1", 1), TTL_MS);
      await opened().passTime(TTL_MS / 2);
      await store.report(loadOf("b:2", 2), TTL_MS);
      await opened().passTime(TTL_MS / 2 + 1_000);
      expect(await other.list()).to.deep.equal([loadOf("b:2", 2)]);
      await other.report(loadOf("a:1", 3), TTL_MS);
      expect(await store.list()).to.deep.equal([loadOf("a:1", 3), loadOf("b:2", 2)]);
    });

    it("leaves out a process that removed its report, also twice", async () => {
      await store.report(loadOf("a:1", 1), TTL_MS);
      await store.report(loadOf("b:2", 2), TTL_MS);
      await other.remove("a:1");
      await other.remove("a:1");
      expect(await store.list()).to.deep.equal([loadOf("b:2", 2)]);
    });

    it("knows no process after Redis lost its state, until the next report", async () => {
      await store.report(loadOf("a:1", 1), TTL_MS);
      await opened().loseRedisState();
      expect(await store.list()).to.deep.equal([]);
      await store.report(loadOf("a:1", 2), TTL_MS);
      expect(await other.list()).to.deep.equal([loadOf("a:1", 2)]);
    });
  });
}
