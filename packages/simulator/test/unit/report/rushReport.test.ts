import { expect } from "chai";
import { rushReport } from "../../../src/report/rushReport.ts";
import { brokenResult, sampleResult } from "../../support/sampleResult.ts";

const textOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*<\/style>/, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("rushReport", () => {
  it("has no script and loads no other file", () => {
    const html = rushReport(sampleResult());
    expect(html).not.to.match(/<script|<link|<img|@import|url\(|src=|href=/i);
    expect(html).not.to.match(/https?:\/\//);
    expect(html).to.match(/^<!doctype html>/);
  });

  it("shows the verdict, the sale, the seed and the command", () => {
    const text = textOf(rushReport(sampleResult()));
    expect(text).to.include("Every invariant held");
    expect(text).to.include("3 / 3");
    expect(text).to.include("3.9 s from opening to sold out");
    expect(text).to.include("seed 7");
    expect(text).to.include("pnpm onsale sim rush --seed 7");
    expect(text).to.include("mysql: MariaDB 10.11");
    for (const id of ["I1", "I2", "I3"]) expect(text).to.include(`rule ${id}`);
  });

  it("shows accepted, refused and failed requests separately", () => {
    const sample = sampleResult();
    const reserve = { ...sample.phases.reserve, refusedByCode: { SEAT_ALREADY_HELD: 6 } };
    const phases = { ...sample.phases, reserve };
    const requests = { ...sample.requests, failed: 2, failedByKind: { "HTTP 503": 2 } };
    const text = textOf(rushReport(sampleResult({ phases, requests })));
    expect(text).to.include("accepted 40");
    expect(text).to.include("6 × SEAT_ALREADY_HELD at reserve");
    expect(text).to.include("2 × HTTP 503");
  });

  it("draws one dot for each seat, hollow for unsold seats", () => {
    const seatMap = [{ section: "A", price: 100, soldMs: [10, null, 30] }];
    const html = rushReport(sampleResult({ seatMap }));
    expect(html.match(/<circle class="unsold"/g)).to.have.length(1);
    expect(html.match(/<circle cx="[\d.]+" cy="[\d.]+" r="[\d.]+" fill=/g)).to.have.length(2);
  });

  it("shows a broken rule with its violations before everything else", () => {
    const text = textOf(rushReport(brokenResult("two live reservations")));
    expect(text).to.include("1 invariant was broken");
    expect(text).to.include("two live reservations");
    expect(text).to.include("seatId");
    expect(text).not.to.include("Every invariant held");
  });

  it("escapes text from outside", () => {
    const nasty = '<script>alert("x")</script>';
    const html = rushReport(brokenResult(nasty));
    expect(html).not.to.include("<script>");
    expect(html).to.include("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(rushReport(sampleResult({ command: nasty }))).not.to.include("<script>");
    expect(rushReport(sampleResult({ failureReasons: { [nasty]: 1 } }))).not.to.include("<script>");
  });

  it("shows why seats are unsold, and marks faults on the time axis", () => {
    const { sale } = sampleResult();
    const left = { ...sale, sold: 2, soldOutMs: null, available: 1, unsoldReason: "1 not wanted" };
    const faults = [{ atMs: 1500, what: "API process 1 killed (SIGKILL)" }];
    const text = textOf(rushReport(sampleResult({ sale: left, faults })));
    expect(text).to.include("Not sold: 1 not wanted");
    expect(text).to.include("API process 1 killed (SIGKILL)");
  });

  it("can be drawn for a rush that was stopped before any event", () => {
    const { verdict, sale } = sampleResult();
    const html = rushReport(
      sampleResult({
        verdict: { ...verdict, given: false, holds: false, invariants: [] },
        sale: { ...sale, sold: 0, soldOutMs: null, lastSaleMs: null, unsoldReason: "ended" },
        seatMap: [{ section: "A", price: 100, soldMs: [null, null, null] }],
        elapsedMs: 0,
        fairness: {
          admitted: 0,
          overtakings: 0,
          comparablePairs: 0,
          gamma: 1,
          worstLossPlaces: 0,
          points: [],
        },
      }),
    );
    expect(html).not.to.match(/NaN|Infinity|undefined/);
    expect(textOf(html)).to.include("no verdict");
  });

  it("never writes NaN or Infinity", () => {
    expect(rushReport(sampleResult())).not.to.match(/NaN|Infinity|undefined/);
  });
});
