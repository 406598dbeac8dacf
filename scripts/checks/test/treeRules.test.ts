import { expect } from "chai";
import { withParsedSources } from "../parsedProject.ts";
import { checkTree } from "../treeRules.ts";

/** Returns the rules that one file breaks, each as "line rule". */
function broken(path: string, text: string): string[] {
  return withParsedSources({ [path]: text }, (files) =>
    files.flatMap(checkTree).map(({ line, rule }) => `${line} ${rule}`),
  );
}

const inCore = "packages/core/src/queue/joinQueue.ts";
const lines = (count: number): string => "  call();\n".repeat(count);

describe("checkTree", () => {
  it("rejects functions above 70 lines, of every kind", () => {
    const long = lines(69);
    expect(broken(inCore, `function a() {\n${lines(68)}}\n`)).to.deep.equal([]);
    expect(broken(inCore, `function a() {\n${long}}\n`)).to.deep.equal(["1 function-length"]);
    expect(broken(inCore, `const a = () => {\n${long}};\n`)).to.deep.equal(["1 function-length"]);
    expect(broken(inCore, `class A {\n  a() {\n${long}}\n}\n`)).to.deep.equal([
      "2 function-length",
    ]);
  });

  it("measures a function without the comment above it", () => {
    const comment = `/**\n${" * why\n".repeat(80)} */\n`;
    expect(broken(inCore, `${comment}function a() {\n${lines(60)}}\n`)).to.deep.equal([]);
  });

  it("allows a long describe, and measures each of its tests", () => {
    const test = "packages/core/test/unit/a.test.ts";
    const short = `  it("b", () => {\n${lines(40)}  });\n`;
    expect(broken(test, `describe("a", () => {\n${short}${short}});\n`)).to.deep.equal([]);
    const long = `  it("b", () => {\n${lines(70)}  });\n`;
    expect(broken(test, `describe("a", () => {\n${long}});\n`)).to.deep.equal([
      "2 function-length",
    ]);
  });

  it("allows a long function that only calls describe", () => {
    const test = `  it("b", () => {\n${lines(40)}  });\n`;
    const suite = `describe("a", () => {\n${test}${test}});\n`;
    const path = "packages/conformance/src/seatCases.ts";
    expect(broken(path, `function seatCases() {\n${suite}${suite}}\n`)).to.deep.equal([]);
    expect(broken(path, `function seatCases() {\nsetUp();\n${suite}}\n`)).to.deep.equal([
      "1 function-length",
    ]);
  });

  for (const impure of [
    "Date.now();",
    "Math.random();",
    "new Date();",
    "setTimeout(a, 1);",
    "setInterval(a, 1);",
    "process.env.HOME;",
    "performance.now();",
  ]) {
    it(`rejects ${impure} in core`, () => {
      expect(broken(inCore, `a;\n${impure}\n`)).to.deep.equal(["2 impure-core"]);
    });
  }

  it("allows the clock in core's shared folder, and the environment in config", () => {
    expect(broken("packages/core/src/shared/clock.ts", "Date.now();\n")).to.deep.equal([]);
    expect(broken("packages/core/src/config/readConfig.ts", "process.env.A;\n")).to.deep.equal([]);
    expect(broken("packages/devstack/src/main.ts", "setTimeout(a, 1);\n")).to.deep.equal([]);
  });

  it("ignores forbidden calls in comments and texts", () => {
    expect(broken(inCore, '// not Date.now()\nconst a = "Math.random()";\n')).to.deep.equal([]);
    expect(broken(inCore, "const at = new Date(1);\n")).to.deep.equal([]);
  });
});
