import type { ApiLoad, ApiLoadStore, ApiReport } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { useOpened } from "./useOpened.ts";

const KEEP_MS = 60_000;
/** More than the commands of a case take on a busy machine. */
const SLACK_MS = 10_000;

function loadOf(processName: string, inFlight: number): ApiLoad {
  return {
    ...{ processName, uptimeMs: 7_200_000.5, windowMs: 1_003.25, inFlight, inFlightMax: 512 },
    ...{ pool: { inUse: 16, waiting: 3, max: 16 }, loopDelayMs: 12.5 },
    ...{ answered: 40, overloaded: 2, unavailable: 3 },
    holds: { windowMs: 10_020.75, accepted: { "17": 4, "3": 1 }, refused: 9 },
  };
}

const withoutAge = ({ silentMs: _age, ...load }: ApiReport): ApiLoad => load;

/** The cases that every store of the reports of processes must pass. */
export function apiLoadCases(set: AdapterSet): void {
  describe(`reports of API processes, ${set.name}`, () => {
    const opened = useOpened(set);
    let store: ApiLoadStore;
    let other: ApiLoadStore;
    const listed = async (by = store) => (await by.list()).map(withoutAge);
    before("opens a second process", async () => {
      store = opened().core.apiLoads;
      other = (await opened().another()).apiLoads;
    });
    beforeEach("removes every report", async () => {
      for (const { processName } of await store.list()) await store.remove(processName);
    });

    it("lists the last report of each process, in the order of their names", async () => {
      expect(await listed()).to.deep.equal([]);
      await store.report(loadOf("b:2", 1), KEEP_MS);
      await other.report(loadOf("a:1", 2), KEEP_MS);
      await store.report(loadOf("b:2", 3), KEEP_MS);
      expect(await listed()).to.deep.equal([loadOf("a:1", 2), loadOf("b:2", 3)]);
    });

    it("knows the age of each report", async () => {
      await store.report(loadOf("a:1", 1), KEEP_MS);
      await opened().passTime(KEEP_MS / 2);
      await store.report(loadOf("b:2", 2), 2 * KEEP_MS);
      const [first, second] = (await other.list()).map(({ silentMs }) => silentMs);
      expect(first).to.be.within(KEEP_MS / 2, KEEP_MS / 2 + SLACK_MS);
      expect(second).to.be.within(0, SLACK_MS);
    });

    it("leaves out a process that did not renew its report in time", async () => {
      await store.report(loadOf("a:1", 1), KEEP_MS);
      await opened().passTime(KEEP_MS / 2);
      await store.report(loadOf("b:2", 2), KEEP_MS);
      await opened().passTime(KEEP_MS / 2 + 1_000);
      expect(await listed(other)).to.deep.equal([loadOf("b:2", 2)]);
      await other.report(loadOf("a:1", 3), KEEP_MS);
      expect(await listed()).to.deep.equal([loadOf("a:1", 3), loadOf("b:2", 2)]);
    });

    it("leaves out a process that removed its report, also twice", async () => {
      await store.report(loadOf("a:1", 1), KEEP_MS);
      await store.report(loadOf("b:2", 2), KEEP_MS);
      await other.remove("a:1");
      await other.remove("a:1");
      expect(await listed()).to.deep.equal([loadOf("b:2", 2)]);
    });

    it("knows no process after Redis lost its state, until the next report", async () => {
      await store.report(loadOf("a:1", 1), KEEP_MS);
      await opened().loseRedisState();
      expect(await listed()).to.deep.equal([]);
      await store.report(loadOf("a:1", 2), KEEP_MS);
      expect(await listed(other)).to.deep.equal([loadOf("a:1", 2)]);
    });
  });
}
