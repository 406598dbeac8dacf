import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { knownIndexReport } from "../../src/study/indexes/writeIndexesPage.ts";

describe("the stored figures that a measurement is added to", () => {
  let folder: string;

  beforeEach("makes a folder", async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-figures-"));
  });
  afterEach("removes it", () => rm(folder, { recursive: true }));

  const file = (): URL => pathToFileURL(join(folder, "figures.json"));

  it("may be missing", async () => {
    expect(await knownIndexReport(file())).to.equal(undefined);
  });

  for (const text of ["<<<<<< ours\n{}", "{}", ""]) {
    it(`are refused before the measurement when the file has ${JSON.stringify(text)}`, async () => {
      await writeFile(file(), text);
      const failure: unknown = await knownIndexReport(file()).catch((error: unknown) => error);
      expect(failure).to.include({ code: "FIGURES_UNREADABLE", exitCode: 3 });
    });
  }
});
