import { expect } from "chai";
import { incidentChart } from "../../../src/study/incidentChart.ts";
import { INCIDENT_CHART_STYLE } from "../../../src/study/incidentChartStyle.ts";
import { placeMarks } from "../../../src/study/incidentMarks.ts";
import { incidentRun, sampleAt } from "../../support/incidentSamples.ts";

const FINDING = { code: "OVERLOADED", message: "busy", atMs: 2000 };
const STEPS = ["lower-admission", "add-capacity", "load-stays-low"].map((step, at) => ({
  ...{ atMs: 4200 + at * 100, step, point: "passed" },
}));
const RUNBOOK = {
  ...{ beganMs: 4100, endedMs: 4500, status: "DONE", planCount: 1 },
  steps: [{ atMs: 4100, step: "lower-admission", point: "reached" }, ...STEPS],
};

describe("the chart of an incident", () => {
  it("has lines for holds, API and MySQL, and marks of the finding and the steps", () => {
    const repaired = incidentRun({ findings: [FINDING], runbooks: [RUNBOOK] });
    const svg = incidentChart({ buyers: 6000, repaired, left: incidentRun() }, 2);
    for (const className of ["holds", "polls", "api", "mysql", "left"]) {
      expect(svg).to.match(new RegExp(`class="line ${className}" d="M`));
    }
    for (const text of ["doctor: OVERLOADED", "runbook begins", "lower-admission", "before"]) {
      expect(svg).to.include(`>${text}</text>`);
    }
    expect(svg).to.include("holds without the runbook").and.not.include("undefined");
    expect(svg).to.not.include("NaN");
  });

  it("can be drawn without a runbook, a comparison or a finding", () => {
    const svg = incidentChart({ buyers: 300, repaired: incidentRun() }, 2);
    expect(svg).to.not.include("runbook begins");
    expect(svg).to.not.include("NaN");
  });

  it("has no text below 12 px, and colours for a dark page", () => {
    const sizes = [...INCIDENT_CHART_STYLE.matchAll(/font-size:(\d+)px/g)].map(([, px]) => px);
    expect(sizes).to.not.be.empty;
    expect(Math.min(...sizes.map(Number))).to.be.at.least(12);
    expect(INCIDENT_CHART_STYLE).to.include("prefers-color-scheme:dark");
  });

  it("puts labels that would overlap into rows of their own", () => {
    const run = incidentRun({ findings: [FINDING], runbooks: [RUNBOOK] });
    const marks = placeMarks(run, (atMs) => atMs / 10, 900);
    expect(marks.map(({ text, row }) => [text, row])).to.deep.equal([
      ["doctor: OVERLOADED", 0],
      ["runbook begins", 0],
      ["lower-admission", 1],
      ["add-capacity", 2],
      ["load-stays-low", 3],
    ]);
  });

  it("never draws a line of a later mark through a label in a lower row", () => {
    const moments = [1000, 1200, 2600, 2700].map((atMs, n) => ({
      ...FINDING,
      code: `C${n}`,
      atMs,
    }));
    const run = incidentRun({ findings: moments });
    const marks = placeMarks(run, (atMs) => atMs / 16, 900);
    expect(marks.map(({ row }) => row)).to.deep.equal([0, 1, 2, 3]);
  });

  it("has a gap in a line where samples are missing", () => {
    const samples = [1, 2, 8, 9].map((second) => sampleAt(second * 1000));
    const svg = incidentChart({ buyers: 1, repaired: incidentRun({ samples }) }, 2);
    const paths = [...svg.matchAll(/class="line api" d="([^"]+)"/g)].map(([, path]) => path);
    expect(paths.at(-1)?.match(/M/g)).to.have.length(2);
  });

  it("writes a label at the left of its line near the right edge", () => {
    const run = incidentRun({ findings: [{ ...FINDING, atMs: 8900 }] });
    const [mark] = placeMarks(run, (atMs) => atMs / 10, 900);
    expect(mark).to.include({ isLeft: true });
  });
});
