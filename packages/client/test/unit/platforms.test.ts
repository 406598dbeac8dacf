import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = join(import.meta.dirname, "..", "..");
const TSC = join(PACKAGE, "..", "..", "node_modules", ".bin", "tsc");

describe("the sources of the client", () => {
  it("compile with the types of a browser and without those of Node", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "onsale-browser-"));
    try {
      const config = {
        extends: join(PACKAGE, "..", "..", "tsconfig.json"),
        compilerOptions: { lib: ["es2024", "dom", "dom.iterable"], types: [] },
        files: ["index.ts", "http.ts"].map((file) => join(PACKAGE, "src", file)),
        include: [],
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
      execFileSync(TSC, ["-p", folder], { encoding: "utf8", stdio: "pipe" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
