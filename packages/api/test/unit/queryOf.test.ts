import { expect } from "chai";
import { queryOf } from "../../src/http/queryOf.ts";

describe("queryOf", () => {
  it("returns each parameter, and a list for a repeated one", () => {
    expect(queryOf("")).to.deep.equal({});
    expect(queryOf("limit=3&name=a+b%20c&empty=&bare")).to.deep.equal({
      ...{ limit: "3", name: "a b c", empty: "", bare: "" },
    });
    expect(queryOf("a=1&b=2&a=3&a=")).to.deep.equal({ a: ["1", "3", ""], b: "2" });
  });

  it("keeps a parameter with the name of a prototype as an ordinary one", () => {
    expect(Object.keys(queryOf("__proto__=1&constructor=2"))).to.have.length(2);
  });

  it("reads thousands of repetitions in time that grows with their number", () => {
    const msOf = (count: number): number => {
      const text = "k=1&".repeat(count);
      const startedMs = performance.now();
      queryOf(text);
      return performance.now() - startedMs;
    };
    msOf(1_000);
    expect(msOf(100_000)).to.be.below(1_000);
  });
});
