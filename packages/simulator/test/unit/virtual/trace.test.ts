import { serialize } from "node:v8";
import { expect } from "chai";
import { shown } from "../../../src/virtual/trace.ts";

describe("shown", () => {
  it("shows equal cached values alike, although V8 serializes them to different bytes", () => {
    const packed = [1, 2];
    const holey = new Array<number>(2);
    holey[0] = 1;
    holey[1] = 2;
    expect(serialize(holey)).to.not.deep.equal(serialize(packed));
    expect(shown({ value: serialize(holey) })).to.equal(shown({ value: serialize(packed) }));
  });

  it("shortens long values and names the size of a map", () => {
    expect(shown("x".repeat(500))).to.have.length(120);
    expect(shown({ map: new Map([[1, 2]]) })).to.equal('{"map":"1 entries"}');
  });
});
