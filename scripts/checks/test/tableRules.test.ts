import { expect } from "chai";
import { checkTables } from "../tableRules.ts";

const HEADER = "| Code | Meaning |\n|---|---|\n";
const linesOf = (path: string, text: string): number[] =>
  checkTables({ path, text }).map(({ line }) => line);

describe("checkTables", () => {
  it("accepts rows with as many cells as the header, empty cells and escaped bars", () => {
    expect(linesOf("a.md", `${HEADER}| 1 | one |\n| 2 | |\n| 3 | a \\| b |\n`)).to.deep.equal([]);
  });

  it("refuses a row with more or fewer cells than its header", () => {
    expect(linesOf("a.md", `${HEADER}| 1 | one. | Two. |\n| 2 |\n`)).to.deep.equal([3, 4]);
  });

  it("compares each table with its own header", () => {
    expect(linesOf("a.md", `${HEADER}\n| A | B | C |\n|---|---|---|\n`)).to.deep.equal([]);
  });

  it("ignores code blocks and files that are not Markdown", () => {
    const row = "| 1 | one | two |\n";
    expect(linesOf("a.md", `${HEADER}\n\`\`\`\n| 1 |\n${row}\`\`\`\n`)).to.deep.equal([]);
    expect(linesOf("a.ts", `${HEADER}${row}`)).to.deep.equal([]);
  });
});
