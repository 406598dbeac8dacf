import { expect } from "chai";
import { TappedRecorder } from "../../../src/measure/tappedRecorder.ts";
import { incidentWindow } from "../../../src/study/incidentWindow.ts";
import { trafficOf } from "../../../src/study/trafficOf.ts";
import { sampleAt } from "../../support/incidentSamples.ts";

describe("the figures of a stretch", () => {
  it("have only the answers of that time", () => {
    const recorder = new TappedRecorder();
    recorder.accepted("reserve", 900);
    const tap = recorder.tap();
    recorder.accepted("reserve", 100);
    recorder.refused("reserve", "SEAT_CONTENDED", 50);
    recorder.failed("poll", "HTTP 503");
    tap.close();
    recorder.accepted("reserve", 900);
    const { holds, polls, all } = trafficOf(tap.recorder);
    expect(holds).to.deep.equal({ accepted: 1, refused: 1, failed: 0, p50Ms: 100, p95Ms: 100 });
    expect(polls).to.include({ accepted: 0, failed: 1 });
    expect(all.reasons).to.deep.equal({ SEAT_CONTENDED: 1, "HTTP 503": 1 });
    expect(recorder.phaseSummary("reserve").accepted.count).to.equal(3);
  });

  it("are means of the cores and maxima of the rest, of the samples inside", () => {
    const samples = [
      sampleAt(1000, { machineCores: 2, cpu: { api: 1 } }),
      sampleAt(2000, { machineCores: 1, cpu: { api: 0.5 } }),
      sampleAt(3000, { machineCores: 0.5, cpu: { api: 0.25 }, api: undefined }),
    ];
    const { traffic } = { traffic: trafficOf(new TappedRecorder()) };
    const found = incidentWindow({ fromMs: 1000, toMs: 3000 }, traffic, samples);
    expect(found).to.include({ fromMs: 1000, toMs: 3000, machineCores: 0.75, loopDelayMs: 12 });
    expect(found.cpu).to.deep.equal({ api: 0.38 });
  });

  it("leave out what no sample has", () => {
    const samples = [sampleAt(1000, { api: undefined, queue: undefined })];
    const found = incidentWindow(
      { fromMs: 0, toMs: 2000 },
      trafficOf(new TappedRecorder()),
      samples,
    );
    expect(found.loopDelayMs).to.equal(undefined);
    expect(found.active).to.equal(undefined);
  });
});
