import { expect } from "chai";
import { folded, isSameText, textKey } from "../../../src/adapters/memory/database/collation.ts";

describe("collation of the in-memory database", () => {
  // The expected results come from MariaDB with utf8mb4_general_ci.
  const alike = [
    ["Ada", "aDA"],
    ["Beyoncé", "beyonce"],
    ["ё", "Е"],
    ["Σ", "ς"],
    ["a ", "a"],
    ["ß", "s"],
    ["ı", "I"],
    ["\u{1F3B8}", "\u{1F3B9}"],
    ["\ud800", "\ufffd"],
  ] as const;
  for (const [one, other] of alike) {
    it(`treats "${one}" and "${other}" as equal`, () => {
      expect(isSameText(one, other)).to.equal(true);
    });
  }

  const different = [
    ["한", "하"],
    ["が", "か"],
    ["Ø", "o"],
    ["a\t", "a"],
    [" a", "a"],
    ["ß", "ss"],
    ["ﬁ", "fi"],
    ["\u212a", "k"],
    ["й", "и"],
    ["e\u0301", "é"],
  ] as const;
  for (const [one, other] of different) {
    it(`treats ${JSON.stringify(one)} and "${other}" as different`, () => {
      expect(isSameText(one, other)).to.equal(false);
      expect(folded(one)).to.not.equal(folded(other));
    });
  }

  it("finds a Hangul syllable only as a whole", () => {
    expect(folded("한국").includes(folded("하"))).to.equal(false);
    expect(folded("한국").includes(folded("한"))).to.equal(true);
  });

  it("keeps spaces at the end of a text for LIKE", () => {
    expect(folded("ada")).to.not.contain(folded("a "));
  });

  it("sorts letters before the underscore", () => {
    const names = ["a_b", "aZb", "a-b", "A:c", "a b"];
    const ordered = names.toSorted((a, b) => (textKey(a) < textKey(b) ? -1 : 1));
    expect(ordered).to.deep.equal(["a b", "a-b", "A:c", "aZb", "a_b"]);
  });
});
