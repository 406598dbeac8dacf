import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { halfOfFreeMemoryMb, runForeignScript } from "../../src/study/load/k6Process.ts";

describe("the process of k6", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-k6-process-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("collects its garbage only when it uses much of the memory", async () => {
    const k6 = join(folder, "k6");
    await writeFile(k6, '#!/bin/sh\necho "$GOGC $GOMEMLIMIT $OWN"\nexit 99\n', { mode: 0o755 });
    const { signal } = new AbortController();
    const run = { k6, script: "any.js", env: { OWN: "kept" }, memoryMb: 512, signal };
    expect(await runForeignScript(run)).to.deep.equal({
      output: "off 512MiB kept\n",
      exitCode: 99,
    });
  });

  it("may use half of the memory that is free", () => {
    const halfMb = process.availableMemory() / 2 / 2 ** 20;
    expect(halfOfFreeMemoryMb()).to.be.within(halfMb * 0.5, halfMb * 1.5);
  });
});
