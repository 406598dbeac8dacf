import { expect } from "chai";
import { anchorOf, checkLinks } from "../linkRules.ts";

const PATHS = new Set(["README.md", "docs", "docs/a.md", "packages/core/src/index.ts"]);

function advicesOf(text: string): string[] {
  const pages = [
    { path: "docs/a.md", text },
    { path: "README.md", text: "# Onsale\n\n## Run it\n\n## Run it\n" },
  ];
  return checkLinks(pages, PATHS).map(({ line, advice }) => `${line}: ${advice}`);
}

describe("checkLinks", () => {
  it("accepts links to files, folders, anchors and other sites", () => {
    const links = "[a](../README.md) [b](../docs/) [c](../packages/core/src/index.ts#L3)";
    const anchors = "[d](../README.md#run-it-1) [e](https://example.org/x#y)";
    expect(advicesOf(`${links}\n${anchors}\n`)).to.deep.equal([]);
  });

  it("refuses a link to a file that does not exist", () => {
    expect(advicesOf("text\n[a](gone.md)\n")).to.deep.equal([
      "2: gone.md: there is no such file in the repository",
    ]);
  });

  it("refuses an anchor without a heading, in another page and in its own", () => {
    expect(advicesOf("# Here\n[a](../README.md#gone) [b](#here) [c](#there)\n")).to.deep.equal([
      "2: ../README.md#gone: the page has no heading with this anchor",
      "2: #there: the page has no heading with this anchor",
    ]);
  });

  it("ignores code blocks", () => {
    expect(advicesOf("```\n[a](gone.md)\n```\n")).to.deep.equal([]);
  });
});

describe("anchorOf", () => {
  it("drops punctuation and keeps letters of any script", () => {
    expect(anchorOf("What breaks, and `why` (I1)")).to.equal("what-breaks-and-why-i1");
    expect(anchorOf("대기열 토큰")).to.equal("대기열-토큰");
  });
});
