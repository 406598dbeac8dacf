import { createMemoryServers, openMemoryCore } from "@onsale/core/memory";
import { expect } from "chai";
import { LOAD_SCENARIOS } from "../../../src/study/load/loadScenarios.ts";
import { runLoadScenario } from "../../../src/study/load/runLoadScenario.ts";
import { planRun } from "../../../src/virtual/runPlan.ts";

describe("runLoadScenario", () => {
  const unhandled: unknown[] = [];
  const keep = (error: unknown): void => void unhandled.push(error);
  before(() => process.on("unhandledRejection", keep));
  after(() => process.off("unhandledRejection", keep));

  it("throws the error of a k6 that fails before the sampler runs, to its caller", async () => {
    const [plan] = LOAD_SCENARIOS;
    if (!plan) throw new Error("there is no scenario");
    const { core } = openMemoryCore(planRun(1, {}).config, createMemoryServers());
    const nothing = async () => undefined;
    const processes = {
      ...{ baseUrls: [], queueUrls: [], killApi: nothing, restartApi: nothing, stop: nothing },
      pids: () => ({ api: [], worker: [], queue: [] }),
    };
    const run = runLoadScenario({
      ...{ plan, core, processes, servers: {}, onSample: () => undefined },
      startK6: () => ({ pid: process.pid, ended: Promise.reject(new Error("no summary")) }),
      signal: new AbortController().signal,
    });
    const failure: unknown = await run.catch((error: unknown) => error);
    expect(failure).to.have.property("message", "no summary");
    expect(unhandled).to.deep.equal([]);
  });
});
