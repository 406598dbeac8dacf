import { expect } from "chai";
import { packageOf, summarizeProfiles } from "../../../src/bench/cpuProfile.ts";
import { spreadOf } from "../../../src/bench/spread.ts";
import { busyMs, cpuSpent, cpuTimeMs } from "../../../src/measure/cpuTime.ts";

describe("spreadOf", () => {
  it("returns median and bounds of an odd and an even number of values", () => {
    expect(spreadOf([3, 1, 2])).to.deep.equal({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 3, 2])).to.deep.equal({ median: 2.5, min: 1, max: 4 });
  });
});

describe("packageOf", () => {
  it("names third-party packages, our packages and their adapters", () => {
    const store = "file:///x/node_modules/.pnpm/sequelize@6.37.8_mysql2@3/node_modules/";
    expect(packageOf(`${store}sequelize/lib/sequelize.js`, "query")).to.equal("sequelize");
    expect(packageOf(`${store}@koa/router/dist/index.js`, "match")).to.equal("@koa/router");
    expect(packageOf("file:///x/packages/core/src/reservation/holdSeats.ts", "f")).to.equal(
      "@onsale/core",
    );
    expect(packageOf("file:///x/packages/core/src/adapters/mysql/seatStore.ts", "f")).to.equal(
      "@onsale/core mysql adapter",
    );
    expect(packageOf("node:net", "write")).to.equal(undefined);
    expect(packageOf("", "(garbage collector)")).to.equal("garbage collector");
    expect(packageOf("", "writev")).to.equal(undefined);
  });
});

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });
const profile = JSON.stringify({
  nodes: [
    { id: 1, callFrame: frame("start", "node:internal/main") },
    { id: 2, callFrame: frame("", "file:///x/packages/api/src/createApp.ts") },
    { id: 3, callFrame: frame("(idle)", "") },
  ],
  startTime: 1000,
  samples: [1, 2, 2, 3],
  timeDeltas: [500, 1000, 1000, 1000],
});

describe("summarizeProfiles", () => {
  it("adds up self time by package and function in the period, without idle time", () => {
    const window = { fromUs: 2000, untilUs: 10_000, functionsMax: 5 };
    const summary = summarizeProfiles([profile], window);
    expect(summary).to.include({ busyMs: 2, idleMs: 1 });
    expect(summary.packages).to.deep.equal([{ name: "@onsale/api", ms: 2, share: 1 }]);
    expect(summary.functions[0]?.name).to.equal("(anonymous:10) [@onsale/api]");
  });

  it("counts the functions of Node and V8 as work of the package that called them", () => {
    const driver = "file:///x/node_modules/mysql2/lib/connection.js";
    const called = JSON.stringify({
      nodes: [
        { id: 1, callFrame: frame("(root)", ""), children: [2, 5] },
        { id: 2, callFrame: frame("writePacket", driver), children: [3] },
        { id: 3, callFrame: frame("write", "node:net"), children: [4] },
        { id: 4, callFrame: frame("writeBuffer", "") },
        { id: 5, callFrame: frame("onread", "node:net") },
      ],
      startTime: 0,
      samples: [2, 3, 4, 5],
      timeDeltas: [1000, 2000, 3000, 4000],
    });
    const summary = summarizeProfiles([called], { fromUs: 0, untilUs: 20_000, functionsMax: 9 });
    const packages = summary.packages.map(({ name, ms }) => `${name} ${ms}`);
    expect(packages).to.deep.equal(["mysql2 6", "node 4"]);
    expect(summary.functions[1]?.name).to.equal("writeBuffer [mysql2]");
  });

  it("adds up the profiles of several processes", () => {
    const window = { fromUs: 0, untilUs: 10_000, functionsMax: 5 };
    expect(summarizeProfiles([profile, profile], window).busyMs).to.equal(5);
  });
});

describe("busyMs", () => {
  it("adds all times of the machine except idle ones, and no guest twice", () => {
    const stat = "cpu  1 2 4 1000 2000 8 16 32 10000 20000\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
    expect(busyMs(stat)).to.equal(630);
  });
});

describe("cpuTimeMs", () => {
  it("reads the CPU time of this process, and undefined for a missing process", async () => {
    const spent = await cpuTimeMs(process.pid);
    expect(spent).to.be.a("number").and.be.greaterThan(0);
    expect(await cpuTimeMs(2 ** 30)).to.equal(undefined);
  });
});

describe("cpuSpent", () => {
  it("computes the CPU time between two measurements", () => {
    const before = new Map([["api", 100]]);
    const after = new Map([
      ["api", 250],
      ["mysql", 30],
    ]);
    expect(cpuSpent(before, after)).to.deep.equal({ api: 150, mysql: 30 });
  });
});
