import { expect } from "chai";
import fc from "fast-check";
import { fingerprintOf } from "../../../src/shared/idempotencyFingerprint.ts";

describe("the fingerprint of a request", () => {
  it("is a SHA-256 digest in hexadecimal", () => {
    expect(fingerprintOf({ amount: 1 })).to.match(/^[0-9a-f]{64}$/);
  });

  it("does not depend on the order of keys, at any depth", () => {
    const one = fingerprintOf({ a: 1, b: { c: [1, 2], d: "x" } });
    const other = fingerprintOf({ b: { d: "x", c: [1, 2] }, a: 1 });
    expect(one).to.equal(other);
  });

  it("depends on the order of lists, on values and on their types", () => {
    const bodies = [{ ids: [1, 2] }, { ids: [2, 1] }, { ids: ["1", "2"] }, { ids: [1] }, {}, null];
    expect(new Set(bodies.map(fingerprintOf)).size).to.equal(bodies.length);
  });

  it("is the same after a round trip through JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const again: unknown = JSON.parse(JSON.stringify(value));
        expect(fingerprintOf(again)).to.equal(fingerprintOf(value));
      }),
    );
  });
});
