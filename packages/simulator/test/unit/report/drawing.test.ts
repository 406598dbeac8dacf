import { expect } from "chai";
import { markup, trusted } from "../../../src/report/markup.ts";
import { linear, logarithmic, niceTicks, pathThrough } from "../../../src/report/scales.ts";
import { colourOf } from "../../../src/report/seatMapChart.ts";
import { countText, durationText, percentText, plural } from "../../../src/report/words.ts";

describe("markup", () => {
  it("escapes values, except for markup", () => {
    const inner = markup`<b>${"<&>"}</b>`;
    expect(markup`<p title="${'"'}">${inner}${[inner, 5]}</p>`.html).to.equal(
      '<p title="&quot;"><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b>5</p>',
    );
  });

  it("omits undefined values", () => {
    expect(markup`<p>${undefined}${false}${trusted("<i></i>")}</p>`.html).to.equal(
      "<p><i></i></p>",
    );
  });
});

describe("the charts of the report", () => {
  it("linear scale: maps both ends of the domain; an empty domain to the start", () => {
    const scale = linear(10, 20, 0, 100);
    expect([scale(10), scale(15), scale(20)]).to.deep.equal([0, 50, 100]);
    expect(linear(5, 5, 30, 90)(5)).to.equal(30);
  });

  it("logarithmic scale: spaces decades evenly, and keeps small values", () => {
    const scale = logarithmic(1, 100, 0, 200);
    expect(scale(10)).to.be.closeTo(100, 0.001);
    expect(scale(0)).to.equal(0);
  });

  it("ticks have round steps up to at least the largest value", () => {
    expect(niceTicks(873, 4)).to.deep.equal([0, 250, 500, 750, 1000]);
    expect(niceTicks(0, 4)).to.deep.equal([0, 1]);
    expect(niceTicks(0.3, 3)).to.deep.equal([0, 0.1, 0.2, 0.3]);
  });

  it("path goes through its points", () => {
    expect(
      pathThrough([
        [0, 1.234],
        [5, 6],
      ]),
    ).to.equal("M0 1.23L5 6");
  });
});

describe("the texts of the report", () => {
  it("durations have significant digits only", () => {
    expect([0.237, 8.64, 412.4, 3210, 12_340, 125_000].map(durationText)).to.deep.equal([
      "0.24 ms",
      "8.6 ms",
      "412 ms",
      "3.21 s",
      "12.3 s",
      "2 min 5 s",
    ]);
  });

  it("thousands are grouped, and shares and counts have units", () => {
    expect(countText(1_234_567)).to.equal("1,234,567");
    expect(percentText(0.1234)).to.equal("12.3 %");
    expect([plural(1, "seat"), plural(2, "seat")]).to.deep.equal(["1 seat", "2 seats"]);
  });
});

describe("colourOf", () => {
  it("goes from the first colour to the last, and no further", () => {
    expect(colourOf(0)).to.equal("rgb(66 58 171)");
    expect(colourOf(1)).to.equal("rgb(247 198 70)");
    expect(colourOf(7)).to.equal(colourOf(1));
  });
});
