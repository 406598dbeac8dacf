import { expect } from "chai";
import { checkName, checkText } from "../textRules.ts";

const path = "packages/core/src/queue/joinQueue.ts";

/** Returns the rules that a text breaks, each as "line rule". */
function broken(text: string, where = path): string[] {
  return checkText({ path: where, text }).map(({ line, rule }) => `${line} ${rule}`);
}

describe("checkText", () => {
  it("accepts text without findings", () => {
    expect(broken("export const a = 1;\n")).to.deep.equal([]);
  });

  it("requires a newline at the end of the file", () => {
    expect(broken("a;\nb;")).to.deep.equal(["2 final-newline"]);
  });

  it("rejects lines above 100 characters, counted as characters and not as bytes", () => {
    expect(broken(`${"x".repeat(101)}\n`)).to.deep.equal(["1 line-length"]);
    expect(broken(`${"é".repeat(100)}\n`)).to.deep.equal([]);
  });

  it("ignores the length of Markdown lines", () => {
    expect(broken(`${"x".repeat(300)}\n`, "README.md")).to.deep.equal([]);
  });

  it("checks scripts without a file extension", () => {
    expect(broken(`${"x".repeat(101)}\n`, "scripts/setup")).to.deep.equal(["1 line-length"]);
  });

  it("rejects files above 300 lines", () => {
    expect(broken("a;\n".repeat(300))).to.deep.equal([]);
    expect(broken("a;\n".repeat(301))).to.deep.equal(["301 file-length"]);
  });

  it("rejects tabs and trailing blanks", () => {
    expect(broken("\ta;\nb; \nc;\r\n")).to.deep.equal([
      "1 no-tab",
      "2 trailing-space",
      "3 trailing-space",
    ]);
  });

  for (const mark of [
    "// TODO: later",
    "// FIXME",
    "// @ts-ignore",
    "// @ts-expect-error",
    'it.only("a", () => {});',
    'describe.skip("a", () => {});',
    "const a = b as any;",
  ]) {
    it(`rejects ${mark}`, () => {
      expect(broken(`a;\n${mark}\n`)).to.deep.equal(["2 forbidden-mark"]);
    });
  }

  it("reports the finding with advice", () => {
    const [finding] = checkText({ path, text: "// TODO\n" });
    expect(finding?.advice).to.match(/"TODO": finish it/);
  });
});

describe("checkName", () => {
  const isGood = (where: string): boolean => checkName({ path: where, text: "" }).length === 0;

  it("requires camelCase", () => {
    expect(isGood("packages/core/src/queue/joinQueue.ts")).to.equal(true);
    expect(isGood("packages/core/test/unit/joinQueue.test.ts")).to.equal(true);
    expect(isGood("packages/core/src/queue/JoinQueue.ts")).to.equal(false);
    expect(isGood("packages/core/src/queue/join-queue.ts")).to.equal(false);
    expect(isGood("packages/core/src/queue/join_queue.ts")).to.equal(false);
  });

  it("allows kebab-case for commands, and a number for migrations", () => {
    expect(isGood("packages/cli/src/commands/hold/expire-overdue.ts")).to.equal(true);
    expect(isGood("packages/core/src/adapters/sql/migrations/0001-initial.ts")).to.equal(true);
    expect(isGood("packages/core/src/adapters/mysql/0001-initial.ts")).to.equal(false);
  });

  it("requires the key count in the name of a Lua script", () => {
    expect(isGood("packages/core/src/adapters/redis/lua/joinQueue-3.lua")).to.equal(true);
    expect(isGood("packages/core/src/adapters/redis/lua/joinQueue.lua")).to.equal(false);
  });
});
