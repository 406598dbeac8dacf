import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { sampleCores } from "../../src/study/load/coresSampler.ts";

/** Computes until it is killed. */
const BUSY = "for (;;);";

describe("the sampler of cores", () => {
  it("counts a process that ended within the time", async () => {
    const child = spawn(process.execPath, ["-e", BUSY], { stdio: "ignore" });
    const samples: number[] = [];
    const sampler = await sampleCores({ load: [child.pid ?? 0] }, (atMs) => {
      samples.push(atMs);
      if (samples.length === 2) child.kill("SIGKILL");
    });
    await once(child, "exit");
    await sampler.stop();
    const cores = sampler.between(0, samples.at(-1) ?? 0);
    expect(cores.parties.load).to.be.greaterThan(0);
  });
});
