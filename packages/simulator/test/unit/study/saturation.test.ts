import { expect } from "chai";
import { firstSaturated, saturationsOf } from "../../../src/study/saturation.ts";
import { sampleAt } from "../../support/incidentSamples.ts";

const MACHINE = { cores: 2, inFlightMax: 512, poolMax: 16 };
const LATE_LOOP = { inFlight: 8, poolInUse: 3, poolWaiting: 0, loopDelayMs: 150 };
const FULL_POOL = { inFlight: 80, poolInUse: 16, poolWaiting: 40, loopDelayMs: 20 };

describe("the rule that names what saturates first", () => {
  it("names nothing while every resource is below its bound", () => {
    const samples = [1, 2, 3, 4].map((second) => sampleAt(second * 1000));
    expect(saturationsOf(samples, MACHINE)).to.deep.equal([]);
    expect(firstSaturated([])).to.deep.equal([]);
  });

  it("does not count two samples beyond the bound, also not twice two", () => {
    const busy = { machineCores: 2 };
    const samples = [1, 2, 3, 4, 5].map((second) =>
      sampleAt(second * 1000, second === 3 ? {} : busy),
    );
    expect(saturationsOf(samples, MACHINE)).to.deep.equal([]);
  });

  it("counts three samples in a row, from the first of them, with the highest value", () => {
    const cores = [0.5, 1.9, 1.85, 1.95, 1.99];
    const samples = cores.map((machineCores, at) => sampleAt((at + 1) * 1000, { machineCores }));
    expect(saturationsOf(samples, MACHINE)).to.deep.equal([
      { resource: "cores", sinceMs: 2000, peak: 0.995 },
    ]);
  });

  it("neither ends nor continues a row at a sample without the value", () => {
    const samples = [
      sampleAt(1000, { api: LATE_LOOP }),
      sampleAt(2000, { api: undefined }),
      sampleAt(3000, { api: LATE_LOOP }),
      sampleAt(4000, { api: LATE_LOOP }),
    ];
    const [found] = saturationsOf(samples, MACHINE);
    expect(found).to.include({ resource: "eventLoop", sinceMs: 1000 });
    expect(saturationsOf(samples.slice(0, 3), MACHINE)).to.deep.equal([]);
  });

  it("orders the resources by their times, and names those of one sample together", () => {
    const samples = [1, 2, 3, 4, 5].map((second) =>
      sampleAt(second * 1000, {
        ...(second >= 2 ? { api: FULL_POOL, machineCores: 2 } : {}),
        ...(second >= 3 ? { mysql: { running: 16, connections: 140, connectionsMax: 151 } } : {}),
      }),
    );
    const found = saturationsOf(samples, MACHINE);
    expect(found.map(({ resource }) => resource)).to.deep.equal(["cores", "pool", "connections"]);
    const first = firstSaturated(found).map(({ resource }) => resource);
    expect(first).to.deep.equal(["cores", "pool"]);
  });

  it("calls a pool full only when requests wait and every connection is in use", () => {
    const waiting = { ...FULL_POOL, poolInUse: 15 };
    const samples = [1, 2, 3].map((second) => sampleAt(second * 1000, { api: waiting }));
    expect(saturationsOf(samples, MACHINE)).to.deep.equal([]);
  });

  it("compares the requests in flight with the bound of the process", () => {
    const full = { ...LATE_LOOP, loopDelayMs: 5, inFlight: 500 };
    const samples = [1, 2, 3].map((second) => sampleAt(second * 1000, { api: full }));
    expect(saturationsOf(samples, MACHINE)).to.have.length(1);
    expect(saturationsOf(samples, { ...MACHINE, inFlightMax: 1000 })).to.deep.equal([]);
  });
});
