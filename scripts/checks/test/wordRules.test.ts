import { expect } from "chai";
import { checkWords } from "../wordRules.ts";

const wordsIn = (text: string, path = "packages/core/src/a.ts"): number =>
  checkWords({ path, text }).length;

describe("checkWords", () => {
  it("refuses a banned word in a comment, a text and a document", () => {
    expect(wordsIn("// Whoever joins waits.\n")).to.equal(2);
    expect(wordsIn('it("tells the relay", run);\n')).to.equal(1);
    expect(wordsIn("Redis is away for a second.\n", "docs/a.md")).to.equal(1);
    expect(wordsIn("-- The fast memory lost it.\n", "packages/core/a.lua")).to.equal(1);
  });

  it("refuses a comment that opens with a pronoun, and accepts it within a sentence", () => {
    expect(wordsIn("/** What the caller sees. */\n")).to.equal(1);
    expect(wordsIn(" * Who pays. */\n")).to.equal(1);
    expect(wordsIn("// The answer shows what the caller sees.\n")).to.equal(0);
  });

  it("names the line, the word and what to write instead", () => {
    const [finding] = checkWords({ path: "README.md", text: "One.\nNobody waits.\n" });
    expect(finding).to.include({ path: "README.md", line: 2, rule: "plain-words" });
    expect(finding?.advice).to.match(/^"Nobody": name the buyer/);
  });

  it("looks at whole words only, and not at data or at the checks themselves", () => {
    expect(wordsIn("const understands = retold;\n")).to.equal(0);
    expect(wordsIn('{"a": "nobody"}\n', "package.json")).to.equal(0);
    expect(wordsIn("// nobody\n", "scripts/checks/wordRules.ts")).to.equal(0);
  });
});
