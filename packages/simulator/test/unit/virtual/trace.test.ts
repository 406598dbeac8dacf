import { expect } from "chai";
import { shown } from "../../../src/virtual/trace.ts";

describe("a shown value in a trace", () => {
  it("is shortened when it is long, and shows the size of a map", () => {
    expect(shown("x".repeat(500))).to.have.length(120);
    expect(shown({ map: new Map([[1, 2]]) })).to.equal('{"map":"1 entries"}');
  });
});
