import { expect } from "chai";
import { packedCommands } from "../buildPackage.ts";
import { compiledText, importedNames, relativePaths } from "../compiledText.ts";
import { type PackedPackage, packageMistakes } from "../packageRules.ts";
import { type Manifest, packedManifest } from "../packedManifest.ts";
import { reachedFiles } from "../reachedFiles.ts";
import { patchedNames } from "../releasedPackages.ts";

const MANIFEST: Manifest = {
  name: "@onsale/sample",
  version: "0.1.0",
  private: true,
  scripts: { start: "node src/main.ts" },
  exports: { ".": "./src/index.ts" },
  dependencies: { "@onsale/core": "workspace:*", koa: "3.3.0" },
  devDependencies: { "@types/koa": "3.0.3" },
};

describe("the package.json of a packed package", () => {
  const pack = (manifest: Manifest) =>
    packedManifest({
      ...{ manifest, version: "0.2.0", bundled: [], typePackages: { "@types/koa": "3.0.3" } },
      files: ["dist"],
    });

  it("names compiled files, and versions instead of ranges of the workspace", () => {
    const packed = pack(MANIFEST);
    expect(packed.exports).to.deep.include({
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    });
    expect(packed.version).to.equal("0.2.0");
    expect(packed.dependencies).to.deep.equal({
      ...{ "@onsale/core": "0.2.0", "@types/koa": "3.0.3", koa: "3.3.0" },
    });
  });

  it("has no fields of the checkout", () => {
    expect(pack(MANIFEST)).not.to.have.any.keys("private", "scripts", "devDependencies");
  });

  it("names the compiled commands and hooks of oclif", () => {
    const hooks = { command_not_found: "./src/hooks/notFound.ts" };
    const { oclif } = pack({ ...MANIFEST, oclif: { commands: "./src/commands", hooks } });
    expect(oclif).to.deep.equal({
      commands: "./dist/commands",
      hooks: { command_not_found: "./dist/hooks/notFound.js" },
    });
    const command = packedCommands('{"a":{"relativePath":["src","commands","a.ts"]}}');
    expect(command).to.equal('{"a":{"relativePath":["dist","commands","a.js"]}}');
  });

  it("refuses an export that is no source file", () => {
    expect(() => pack({ ...MANIFEST, exports: { "./*": "./src/*" } })).to.throw("./*");
  });
});

describe("the references of compiled files", () => {
  const text = `import koa, { type A } from "koa";
export { b } from "./b.js";
const program = new URL("./seedWorker.ts", import.meta.url);
const { c } = await import("@onsale/core/memory");
const message = "import nothing from here";`;

  it("rename source files that a string names", () => {
    expect(compiledText(text)).to.include('new URL("./seedWorker.js", import.meta.url)');
    expect(relativePaths(compiledText(text))).to.have.members(["./b.js", "./seedWorker.js"]);
  });

  it("name the packages that statements and calls import", () => {
    expect(importedNames(text)).to.have.members(["koa", "@onsale/core/memory"]);
  });

  it("lead from the entries to every file that is used, and show the missing ones", () => {
    const files = new Map([
      ["dist/index.js", 'import "./a/a.js";'],
      [
        "dist/a/a.js",
        'readFileSync(new URL("../page.css", import.meta.url)); import("./lost.js");',
      ],
      ["dist/page.css", ""],
      ["dist/unused.js", ""],
    ]);
    const { files: reached, missing } = reachedFiles(files, ["./dist/index.js"]);
    expect([...reached]).to.have.members(["dist/index.js", "dist/a/a.js", "dist/page.css"]);
    expect(missing).to.deep.equal([{ from: "dist/a/a.js", to: "dist/a/lost.js" }]);
  });
});

describe("the rules of a package", () => {
  const good = (
    change: Partial<Manifest> = {},
    more: Record<string, string> = {},
  ): PackedPackage => ({
    manifest: {
      name: "@onsale/sample",
      version: "0.2.0",
      exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
      dependencies: { koa: "3.3.0" },
      ...change,
    },
    files: new Map(
      Object.entries({
        ...{ "package.json": "{}", "README.md": "", LICENSE: "" },
        ...{ "dist/index.js": 'import "koa";', "dist/index.d.ts": "" },
        ...more,
      }),
    ),
  });
  const mistakesOf = (packed: PackedPackage) => packageMistakes(packed, [packed]);

  it("accept a complete package", () => {
    expect(mistakesOf(good())).to.deep.equal([]);
  });

  it("refuse ranges that only the workspace can resolve", () => {
    const ranges = { dependencies: { koa: "workspace:*" } };
    expect(mistakesOf(good(ranges))).to.deep.equal(["koa has the range workspace:*"]);
  });

  it("refuse a package of the workspace that is not released, or in another version", () => {
    const missing = { dependencies: { koa: "1", "@onsale/conformance": "0.2.0" } };
    expect(mistakesOf(good(missing))).to.deep.equal(["@onsale/conformance is not released"]);
    const older = { dependencies: { koa: "1", "@onsale/sample": "0.1.0" } };
    expect(mistakesOf(good(older))).to.deep.equal([
      "@onsale/sample has the range 0.1.0 instead of 0.2.0",
    ]);
  });

  it("refuse an export or a command without its file", () => {
    const bin = { bin: { onsale: "./bin/onsale.js" } };
    expect(mistakesOf(good(bin))).to.deep.equal([
      "package.json names bin/onsale.js, which is missing",
    ]);
  });

  it("refuse sources and tests", () => {
    const files = { "dist/a.ts": "", "dist/a.test.js": "" };
    expect(mistakesOf(good({}, files))).to.have.length(2);
  });

  it("refuse an import that is no dependency, in code and in declarations", () => {
    const files = { "dist/index.js": 'import "ioredis";', "dist/index.d.ts": 'import "pino";' };
    expect(mistakesOf(good({}, files))).to.deep.equal([
      "dist/index.js imports ioredis, which is no dependency",
      "dist/index.d.ts imports pino, which is no dependency",
    ]);
  });

  it("refuse an import of an entry that a package of the release does not have", () => {
    const files = { "dist/index.js": 'import "@onsale/sample/inside";' };
    expect(mistakesOf(good({}, files))).to.deep.equal([
      "dist/index.js imports @onsale/sample/inside, which @onsale/sample does not export",
    ]);
  });
});

describe("the patched dependencies of the workspace", () => {
  it("are the names without versions", () => {
    const patchedDependencies = {
      "kafkajs@2.2.4": "a.patch",
      "@a/b@1.0.0": "b.patch",
      c: "c.patch",
    };
    expect(patchedNames({ patchedDependencies })).to.deep.equal(["kafkajs", "@a/b", "c"]);
    expect(patchedNames({ packages: [] })).to.deep.equal([]);
  });
});
