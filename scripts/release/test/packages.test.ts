import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildRelease, type Release } from "../buildRelease.ts";
import { importedNames } from "../compiledText.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

describe("the packages of this workspace", function () {
  // It compiles the workspace, which takes five seconds on an idle machine.
  this.timeout(120_000);
  let folder: string;
  let release: Release;
  const packageNamed = (name: string) =>
    release.built.map(({ packed }) => packed).find(({ manifest }) => manifest.name === name);

  before("compiles the workspace", () => {
    folder = mkdtempSync(join(tmpdir(), "onsale-compiled-"));
    release = buildRelease(ROOT, folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("keep the rules of a release", () => {
    expect(release.mistakes).to.deep.equal([]);
  });

  it("contain the commands, the programs of threads and processes, and the data files", () => {
    const cli = packageNamed("@onsale/cli");
    expect(cli?.manifest.bin).to.deep.equal({ onsale: "./bin/onsale.js" });
    expect(cli?.files).to.include.keys("dist/commands/serve.js", "dist/study/buyersProcess.js");
    expect(cli?.files.get("bin/onsale.js")).to.include('import("../dist/main.js")');
    const commands: { commands: object } = JSON.parse(cli?.files.get("oclif.manifest.json") ?? "");
    expect(commands.commands).to.have.nested.property("serve.relativePath[0]", "dist");
    expect(packageNamed("@onsale/core")?.files).to.include.keys(
      "dist/adapters/redis/lua/promote-10.lua",
      "dist/adapters/sql/migrations/0001-initialSchema.js",
    );
    expect(packageNamed("@onsale/simulator")?.files).to.include.keys(
      "dist/virtual/explore/seedWorker.js",
      "dist/bench/load/loadProcess.js",
      "dist/report/rushReport.css",
    );
  });

  it("contain the files of Swagger UI, whose own package reports its installations", () => {
    const api = packageNamed("@onsale/api");
    expect(api?.manifest.dependencies).not.to.include.keys("swagger-ui-dist");
    const viewer = api?.files.get("dist/openapi/viewer.js") ?? "";
    const folder = /"\.\/(\w+)\/"/.exec(viewer)?.[1];
    for (const name of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE"]) {
      expect(api?.files.get(`dist/openapi/${folder}/${name}`)?.length, name).to.be.above(1000);
    }
  });

  it("leave out the files that only the checkout uses", () => {
    const paths = release.built.flatMap(({ packed }) => [...packed.files.keys()]);
    expect(paths).not.to.include.members(["dist/writeCommandPage.js"]);
    expect(paths).not.to.include.members(["dist/openapi/writeApiDoc.js"]);
    expect(release.built.map(({ packed }) => packed.manifest.name)).not.to.include(
      "@onsale/conformance",
    );
  });

  it("bundle the dependency that the workspace patches", () => {
    for (const { packed } of release.built) {
      const code = [...packed.files].filter(([path]) => path.endsWith(".js"));
      const usesKafka = code.some(([, text]) => importedNames(text).includes("kafkajs"));
      const bundled = packed.manifest.bundleDependencies ?? [];
      expect(bundled, packed.manifest.name).to.deep.equal(usesKafka ? ["kafkajs"] : []);
    }
  });
});
