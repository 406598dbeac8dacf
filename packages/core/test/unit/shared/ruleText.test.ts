import { expect } from "chai";
import { z } from "zod";
import { ruleText } from "../../../src/shared/ruleText.ts";

describe("ruleText", () => {
  const rulesOf = (schema: z.ZodType, value: unknown) =>
    (schema.safeParse(value).error?.issues ?? []).map(ruleText);

  it("says a bound in words", () => {
    expect(rulesOf(z.int().min(1), 0)).to.deep.equal(["must be at least 1"]);
    expect(rulesOf(z.number().max(5), 6)).to.deep.equal(["must be at most 5"]);
    expect(rulesOf(z.number().positive(), 0)).to.deep.equal(["must be more than 0"]);
    expect(rulesOf(z.string().max(2), "abc")).to.deep.equal(["must have at most 2 characters"]);
    expect(rulesOf(z.array(z.int()).min(1), [])).to.deep.equal(["must have at least 1 entries"]);
  });

  it("keeps the words of the schema", () => {
    expect(rulesOf(z.int().min(1, "a price is positive"), 0)).to.deep.equal([
      "a price is positive",
    ]);
  });
});
