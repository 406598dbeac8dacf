import { expect } from "chai";
import { RuleFacts } from "../../../../src/virtual/rules/ruleFacts.ts";

const KEPT = { rule: "seat kept back", seatIds: new Set([3]) } as const;

describe("the times in which a rule forbids holds", () => {
  it("begin at the acknowledgement and end with the request to end them", () => {
    const facts = new RuleFacts();
    facts.forbid(KEPT, 100);
    facts.beginToAllow("sale closed", 150);
    expect(facts.forbidden[0]).to.include({ fromMs: 100, untilMs: Number.POSITIVE_INFINITY });
    facts.beginToAllow("seat kept back", 200);
    expect(facts.forbidden[0]).to.include({ fromMs: 100, untilMs: 200 });
  });

  it("do not begin while a request to end the rule is under way", () => {
    const facts = new RuleFacts();
    const end = facts.beginToAllow("seat kept back", 50);
    facts.forbid(KEPT, 100);
    expect(facts.forbidden).to.deep.equal([]);
    end();
    facts.forbid(KEPT, 120);
    expect(facts.forbidden).to.have.length(1);
  });
});
