import { expect } from "chai";
import { ConsistencyWatch, type Judged } from "../../../src/services/consistencyWatch.ts";
import { invariantFigures } from "../../../src/services/measureServices.ts";

const unconfirmed = (reservationId: number): Judged => ({
  id: "I2",
  message: "paid and not confirmed",
  ids: { reservationId },
});
const total = (spent: number): Judged => ({ id: "I4", message: "in total", ids: { spent } });

describe("the watch over violations", () => {
  it("measures each violation from the COMMIT that caused it to the COMMIT that ended it", () => {
    const watch = new ConsistencyWatch();
    watch.observe(10, [unconfirmed(1)]);
    watch.observe(20, [unconfirmed(1), unconfirmed(2)]);
    watch.observe(35, [unconfirmed(2)]);
    watch.observe(40, []);
    const spans = watch.spans.map(({ subject, fromMs, untilMs }) => [subject, fromMs, untilMs]);
    expect(spans).to.deep.equal([
      ["reservationId 1", 10, 35],
      ["reservationId 2", 20, 40],
    ]);
    expect(watch.lasting).to.deep.equal([]);
  });

  it("keeps a violation that has not ended", () => {
    const watch = new ConsistencyWatch();
    watch.observe(10, [unconfirmed(1)]);
    watch.observe(90, [unconfirmed(1)]);
    expect(watch.lasting.map(({ fromMs, untilMs }) => [fromMs, untilMs])).to.deep.equal([
      [10, undefined],
    ]);
  });

  it("takes a sum that changes while it is wrong as one violation", () => {
    const watch = new ConsistencyWatch();
    watch.observe(10, [total(100)]);
    watch.observe(20, [total(200)]);
    watch.observe(30, []);
    expect(watch.spans.map(({ fromMs, untilMs }) => [fromMs, untilMs])).to.deep.equal([[10, 30]]);
  });

  it("takes a violation that comes back as another one", () => {
    const watch = new ConsistencyWatch();
    for (const [atMs, found] of [
      [10, [unconfirmed(1)]],
      [20, []],
      [30, [unconfirmed(1)]],
      [45, []],
    ] as const) {
      watch.observe(atMs, found);
    }
    expect(watch.spans).to.have.length(2);
  });
});

describe("the verdict on an invariant", () => {
  const span = { invariant: "I2", message: "", subject: undefined, fromMs: 5 } as const;

  it("is always, in the end or broken", () => {
    const calm = { spans: [], endViolations: [] };
    const healed = { spans: [{ ...span, untilMs: 25 }], endViolations: [] };
    const broken = {
      spans: [{ ...span, untilMs: undefined }],
      endViolations: [{ check: "I2", message: "" }],
    };
    expect(invariantFigures("I2", [calm]).holds).to.equal("always");
    expect(invariantFigures("I2", [calm, healed])).to.deep.equal({
      id: "I2",
      holds: "in the end",
      ms: { count: 1, p50: 20, p95: 20, max: 20 },
    });
    expect(invariantFigures("I2", [healed, broken]).holds).to.equal("broken");
    expect(invariantFigures("I1", [healed, broken]).holds).to.equal("always");
    expect(invariantFigures("I7", [calm]).holds).to.equal("not examined");
  });
});
