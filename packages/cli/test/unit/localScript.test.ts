import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withLocalImports, withLocalScript } from "../../src/study/load/localScript.ts";

const REMOTE = `import { randomIntBetween } from 'https://jslib.k6.io/k6-utils/1.2.0/index.js';\n`;

describe("a k6 script that imports the public helper module", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-local-script-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("runs with the module of this checkout, and finds its own modules", () => {
    const own = `import { a } from "./own/a.js";\nimport "../b.js";\nimport http from 'k6/http';\n`;
    const text = withLocalImports(REMOTE + own, "/scripts/of/mine");
    expect(text).to.match(/randomIntBetween } from "file:.*scripts\/k6\/lib\/k6Utils\.ts"/);
    expect(text).to.include('from "file:///scripts/of/mine/own/a.js"');
    expect(text).to.include('import "file:///scripts/of/b.js"');
    expect(text).to.include("from 'k6/http'");
    expect(text).not.to.include("https:");
  });

  it("is copied, and the copy is removed", async () => {
    const script = join(folder, "mine.js");
    await writeFile(script, REMOTE);
    const copy = await withLocalScript(script, async (file) => {
      expect(await readFile(file, "utf8")).to.include("k6Utils.ts");
      return file;
    });
    expect(copy).not.to.equal(script);
    expect(await readFile(copy).catch(({ code }) => code)).to.equal("ENOENT");
    expect(await readFile(script, "utf8")).to.equal(REMOTE);
  });

  it("is used as it is when it downloads nothing", async () => {
    const script = join(folder, "mine.ts");
    await writeFile(script, `import http from "k6/http";\nimport "./own.ts";\n`);
    expect(await withLocalScript(script, async (file) => file)).to.equal(script);
  });
});
