import { expect } from "chai";
import type { LoadResult, MeasuredRound } from "../../../src/bench/benchReport.ts";
import {
  compare,
  comparisonOf,
  contenderResult,
  operationsOf,
} from "../../../src/bench/compare.ts";
import type { Contender } from "../../../src/bench/contender.ts";

const settings = { rounds: 2, roundMs: 1000, operationsMin: 10, operationsMax: 500 };
const latencyMs = { p50: 1, p95: 2, p99: 3, max: 4 };

const loadResult = (rest: Partial<LoadResult>): LoadResult => ({
  ...{ accepted: 0, refused: 0, refusedBy: {}, failed: 0, failedBy: {}, elapsedMs: 1000 },
  ...rest,
});

const round = (rest: Partial<MeasuredRound>): MeasuredRound => ({
  ...loadResult({}),
  ...{ cpuMs: {}, memoryMb: {}, machineCpuMs: 0, loadAverage: 0 },
  ...rest,
});

describe("compare", () => {
  it("warms both sides up, then alternates their order, with rounds of one length", async () => {
    const log: string[] = [];
    const contender = (name: string, perSecond: number): Contender => ({
      ...{ name, processes: {} },
      async prepare(operations) {
        const elapsedMs = (operations * 1000) / perSecond;
        return async () => {
          log.push(`${name} ${operations}`);
          return loadResult({ accepted: operations, elapsedMs, latencyMs });
        };
      },
    });
    const lines: string[] = [];
    const measuring = {
      ...{ settings, servers: {}, onRound: (text: string) => void lines.push(text) },
      signal: new AbortController().signal,
    };
    const contenders = [contender("product", 100), contender("V0", 400)] as const;
    const result = await compare("some in flight", contenders, measuring);
    expect(log).to.deep.equal([
      ...["product 10", "product 100", "V0 10", "V0 400"],
      ...["product 100", "V0 400", "V0 400", "product 100"],
    ]);
    expect(result.ratio).to.deep.equal({ median: 0.25, min: 0.25, max: 0.25 });
    expect(result.product.rounds).to.have.length(2);
    expect(lines.at(-1)).to.equal("some in flight: round 2 of 2, product 100 accepted/s");
  });

  it("stops before the next round when the signal has aborted", async () => {
    const stopping = new AbortController();
    const contender: Contender = {
      ...{ name: "one", processes: {} },
      prepare: async () => async () => loadResult({ accepted: 10 }),
    };
    const measuring = {
      ...{ settings, servers: {}, signal: stopping.signal },
      onRound: () => stopping.abort(),
    };
    const error = await compare("x", [contender, contender], measuring).catch((caught) => caught);
    expect(error).to.have.property("name", "AbortError");
  });
});

describe("operationsOf", () => {
  it("fills the round at the speed of the warm-up, within the bounds", () => {
    const at = (accepted: number, refused: number) =>
      operationsOf(loadResult({ accepted, refused, elapsedMs: 100 }), settings);
    expect(at(10, 10)).to.equal(200);
    expect(at(1000, 0)).to.equal(500);
    expect(at(0, 0)).to.equal(10);
  });
});

describe("contenderResult", () => {
  it("divides the CPU time of each party by the answered operations of all rounds", () => {
    const rounds = [
      round({ accepted: 80, refused: 20, cpuMs: { api: 30, mysql: 10 } }),
      round({ accepted: 100, failed: 7, cpuMs: { api: 10 } }),
    ];
    const { cpuUs, acceptedPerSecond } = contenderResult("x", [], rounds);
    expect(cpuUs).to.deep.equal({ api: 200, mysql: 50 });
    expect(acceptedPerSecond).to.deep.equal({ median: 90, min: 80, max: 100 });
  });
});

describe("comparisonOf", () => {
  it("compares the rates and the latencies round by round", () => {
    const product = contenderResult(
      "product",
      [],
      [
        round({ accepted: 50, refused: 50, latencyMs: { ...latencyMs, p95: 6 } }),
        round({ accepted: 300, latencyMs: { ...latencyMs, p95: 4 } }),
      ],
    );
    const yardstick = contenderResult(
      "V0",
      [],
      [round({ accepted: 200, latencyMs }), round({ accepted: 100, latencyMs })],
    );
    const { ratio, latencyRatio } = comparisonOf("x", product, yardstick);
    expect(ratio).to.deep.equal({ median: 1.75, min: 0.5, max: 3 });
    expect(latencyRatio).to.deep.equal({ median: 2.5, min: 2, max: 3 });
  });

  it("has no ratio of latencies when no operation was accepted", () => {
    const refused = contenderResult("x", [], [round({ refused: 5 })]);
    expect(comparisonOf("x", refused, refused).latencyRatio).to.equal(undefined);
  });
});
