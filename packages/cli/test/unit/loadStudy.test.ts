import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  bottleneckOf,
  breaksBetween,
  isScenarioGood,
  LOAD_SCENARIOS,
  loadChart,
  loadReportSchema,
  mergeLoadReports,
} from "@onsale/simulator/study";
import { expect } from "chai";
import { drawLoad } from "../../src/study/load/drawLoad.ts";
import { loadPage } from "../../src/study/load/loadPage.ts";
import { LOAD_FOLDER, loadFiles, readLoadReport } from "../../src/study/load/writeLoadPage.ts";
import { loadReport, loadScenario } from "../support/loadReports.ts";

describe("the load study", () => {
  it("has a committed page that is generated from its figures, with its chart", async () => {
    for (const [name, text] of loadFiles(await readLoadReport())) {
      const committed = await readFile(new URL(name, LOAD_FOLDER), "utf8");
      expect(committed === text, `run \`pnpm docs:load\` (${name})`).to.equal(true);
    }
  });

  it("has figures of every scenario at full size", async () => {
    const { profile, scenarios } = await readLoadReport();
    expect(profile).to.equal("full");
    expect(scenarios.map(({ name }) => name)).to.deep.equal(LOAD_SCENARIOS.map(({ name }) => name));
  });

  it("names the users between which a scenario first missed a limit", () => {
    expect(breaksBetween(loadScenario())).to.deep.equal({ from: 2000, to: 3000 });
    const [kept] = loadScenario().stages;
    if (!kept) throw new Error("there are stages");
    expect(breaksBetween(loadScenario({ stages: [kept] }))).to.equal(undefined);
    // In a last stage without requests nothing was missed.
    const empty = { ...kept, requests: 0, isKept: false };
    expect(breaksBetween(loadScenario({ stages: [kept, empty] }))).to.equal(undefined);
  });

  it("names the largest user of a full machine, other programs included", () => {
    expect(bottleneckOf(loadScenario(), 2, 2)).to.deep.equal({ kind: "machine", largest: "api" });
    const busy = { cores: { machine: 2, parties: { load: 0.2, api: 0.3 } } };
    expect(bottleneckOf(busy, 2, 2)).to.deep.equal({ kind: "machine", largest: "others" });
  });

  it("names the API processes when the machine has cores left, and nothing without load", () => {
    const cores = { machine: 2.2, parties: { api: 1.95 } };
    expect(bottleneckOf({ cores }, 8, 2)).to.deep.equal({ kind: "apiProcesses" });
    const idle = { machine: 0.4, parties: { api: 0.2 } };
    expect(bottleneckOf({ cores: idle }, 8, 2)).to.deep.equal({ kind: "none" });
  });

  it("is not good with a broken invariant, although every limit was kept", () => {
    const broken = loadScenario({ notKept: [], invariants: { checked: 10, broken: ["I1"] } });
    expect(isScenarioGood(broken)).to.equal(false);
    expect(isScenarioGood(loadScenario({ notKept: [] }))).to.equal(true);
    expect(drawLoad(loadReport([broken]))).to.include("Broken invariants: I1.");
  });

  it("shows accepted, refused and failed requests apart, and the specification", () => {
    const page = loadPage(loadReport([loadScenario()]));
    expect(page).to.include("| hold | 900 | 12.3 ms | 48.2 ms | 120 ms | 80 | 20 |");
    expect(page).to.include("Failed requests: 18 with status 503, 2 with no answer.");
    expect(page).to.include("missed, first with 2,000 to 3,000 users: failed below 1 %");
    expect(page).to.include("4,000 users, 645/s, average 4.5 ms, p95 10.1 ms");
    expect(page).to.include("all 2 cores are in use, the largest part by API");
  });

  it("decides from its figures", () => {
    const look = {
      title: "List the seats",
      cores: { machine: 2, parties: { api: 1, mysql: 1.5 } },
    };
    const cold = loadScenario({ ...look, name: "seatsCold" });
    const cached = loadScenario({ name: "seatsCached", notKept: [] });
    const page = loadPage(loadReport([cold, cached]));
    expect(page).to.include("1 of 2 scenarios missed a limit");
    expect(page).to.include("In 1 of 2 scenarios a request takes more CPU time of the API");
    expect(page).to.include("takes 250,000 us of CPU time of all servers without the");
    expect(page).to.include("**The copies of the catalog stay on.**");
    expect(page).to.not.include("**More API processes before a larger database.**");
    const slower = loadPage(
      loadReport([
        { ...cached, name: "seatsCold" },
        { ...cold, name: "seatsCached" },
      ]),
    );
    expect(slower).to.include("- A request of a buyer who looks at");
    expect(slower).to.not.include("stay on");
    expect(loadPage(loadReport([cold]))).to.not.include("copies of the catalog");
  });

  it("does not blame the pauses of the users for a missed limit", () => {
    const cores = { machine: 1.5, parties: { api: 0.6 } };
    const missed = loadPage(loadReport([loadScenario({ cores })]));
    expect(missed).to.include("What limits it: no party is full on average; requests that come");
    const kept = loadPage(loadReport([loadScenario({ cores, notKept: [] })]));
    expect(kept).to.include(
      "What limits it: no party is full on average; the pauses of the users set the rate.",
    );
  });

  it("names the missed limits in words", () => {
    const notKept = [
      "accepted_ms p(95)<3000",
      "accepted_ms avg<1000",
      "http_req_failed rate<0.001",
    ];
    expect(loadPage(loadReport([loadScenario({ notKept })]))).to.include(
      "3,000 users: p95 below 3,000 ms, average below 1,000 ms, failed below 0.1 %",
    );
  });

  it("draws the name of each party within the chart", () => {
    const chart = loadChart(loadReport([loadScenario()]));
    const width = Number(/ width="(\d+)"/.exec(chart)?.[1]);
    const legend = chart.slice(chart.indexOf('<g class="parties">'));
    const names = [...legend.matchAll(/<text class="small" x="(\d+)" y="36">(\w+)</g)];
    expect(names.map(([, , name]) => name)).to.include.members(["k6", "Kafka"]);
    for (const [, x, name = ""] of names) expect(Number(x) + name.length * 8).to.be.below(width);
  });

  it("shows few failed requests of millions as a share that is not zero", () => {
    expect(loadPage(loadReport([loadScenario({ failedShare: 0.00001 })]))).to.include(
      "| under 0.01 % |",
    );
  });

  it("has a script for each scenario", () => {
    for (const { script } of LOAD_SCENARIOS) {
      const file = new URL(`../../../../scripts/k6/${script}.ts`, import.meta.url);
      expect(existsSync(file), script).to.equal(true);
    }
  });

  it("keeps what was measured before of the same machine, in the order of the plan", () => {
    const rush = loadScenario({ name: "rush" });
    const older = loadReport([loadScenario({ users: 1 }), rush]);
    const charge = loadScenario({ name: "pointsCharge" });
    const newer = loadReport([loadScenario({ users: 2 }), charge]);
    const { scenarios } = mergeLoadReports(older, newer);
    expect(scenarios).to.deep.equal([charge, loadScenario({ users: 2 }), rush]);
    expect(mergeLoadReports({ ...older, profile: "smoke" }, newer)).to.deep.equal(newer);
  });

  it("reads its own report again", () => {
    const report = loadReport([loadScenario()]);
    expect(loadReportSchema.parse(JSON.parse(JSON.stringify(report)))).to.deep.equal(report);
  });
});
