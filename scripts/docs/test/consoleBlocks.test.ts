import { join } from "node:path";
import { expect } from "chai";
import { readSourceFiles } from "../../checks/sourceFiles.ts";
import { consoleBlocksOf, missingLine } from "../consoleBlocks.ts";

const FENCE = "```";
const block = (directive: string, body: string) =>
  consoleBlocksOf({ path: "a.md", text: `${directive}\n${FENCE}console\n${body}\n${FENCE}\n` });

describe("consoleBlocksOf", () => {
  it("separates commands with their continued lines from the output", () => {
    expect(block("", "$ a \\\n    b\nout 1\n\n$ c\nout 2")).to.deep.equal([
      {
        path: "a.md",
        line: 2,
        mode: { kind: "run", exitCode: 0, isLong: false },
        commands: ["a \\\n    b", "c"],
        output: ["out 1", "out 2"],
      },
    ]);
  });

  it("reads every directive", () => {
    const modeOf = (directive: string) => block(`<!-- run: ${directive} -->`, "$ a")[0]?.mode;
    expect(modeOf("exit 3")).to.deep.equal({ kind: "run", exitCode: 3, isLong: false });
    expect(modeOf("long")).to.deep.equal({ kind: "run", exitCode: 0, isLong: true });
    expect(modeOf("serves")).to.deep.equal({ kind: "serves" });
    expect(modeOf("beside a b")).to.deep.equal({ kind: "beside", command: "a b" });
    expect(modeOf("no, b c")).to.deep.equal({ kind: "no", reason: "b c" });
  });

  it("refuses an unknown directive and a block without a command", () => {
    expect(() => block("<!-- run: maybe -->", "$ a")).to.throw(
      'a.md:2: unknown directive "run: maybe"',
    );
    expect(() => block("", "a")).to.throw("a.md:2: a console block needs a line");
  });

  it("ignores blocks of other languages and what they contain", () => {
    const nested = `${FENCE}${FENCE}md\n${FENCE}console\nx\n${FENCE}\n${FENCE}${FENCE}\n`;
    const text = `${nested}${FENCE}bash\ny\n${FENCE}\n`;
    expect(consoleBlocksOf({ path: "a.md", text })).to.deep.equal([]);
  });

  it("reads every page of the repository", () => {
    const pages = readSourceFiles(join(import.meta.dirname, "../../..")).filter(({ path }) =>
      path.endsWith(".md"),
    );
    expect(pages.flatMap(consoleBlocksOf)).to.have.length.above(10);
  });
});

describe("missingLine", () => {
  it("accepts other numbers, durations and blanks, and any text for an ellipsis", () => {
    const shown = [
      "Explored  100 seeds in 58.5 s",
      "clock  +0.8 ms",
      "...",
      '{"token":"eyJh...","n":1,...}',
    ];
    const answer = '{"token":"eyJhbGci","n":1,234.5,"m":null}';
    const printed = `Explored 9 seeds in 1 min 2 s\nclock -12 s\nmore\n${answer}\n`;
    expect(missingLine(shown, printed)).to.equal(undefined);
  });

  it("returns the first line that was not printed, or was printed before the previous one", () => {
    expect(missingLine(["a", "b"], "a\nc\n")).to.equal("b");
    expect(missingLine(["a", "b"], "b\na\n")).to.equal("b");
    expect(missingLine(["a.c"], "abc\n")).to.equal("a.c");
  });
});
