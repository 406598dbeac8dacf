import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { preparePage, writeOutputFile } from "../../src/outputFile.ts";

describe("writeOutputFile", () => {
  it("reports a full device with its code and the next step", async () => {
    const failure: unknown = await writeOutputFile("/dev/full", "text").catch((error) => error);
    expect(failure).to.include({ code: "FILE_UNWRITABLE", exitCode: 1 });
    expect(failure).to.have.nested.property("cause.code", "ENOSPC");
  });
});

describe("preparePage", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "onsale-page-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("refuses a page that cannot be written, and names its file", async () => {
    mkdirSync(join(root, "README.md"));
    const folder = pathToFileURL(`${root}/`);
    const failure: unknown = await preparePage(folder).catch((error) => error);
    expect(failure).to.include({ code: "FILE_UNWRITABLE", exitCode: 3 });
    expect(String(failure)).to.contain(join(root, "README.md"));
  });

  it("writes nothing for a page that can be written", async () => {
    await preparePage(pathToFileURL(`${root}/page/`));
    expect(readdirSync(join(root, "page"))).to.deep.equal([]);
  });
});
