import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startChild } from "../../../src/live/childProcess.ts";
import { freePorts } from "../../../src/live/freePorts.ts";

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../support/${name}`, import.meta.url));

describe("startChild", () => {
  it("starts a process that ends when its parent is killed", async () => {
    const parent = spawn(process.execPath, [fileOf("startingParent.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    const open = connect(Number(String(line)), "127.0.0.1");
    await once(open, "connect");
    expect(parent.exitCode).to.equal(null);
    const closed = once(open.resume(), "close");
    parent.kill("SIGKILL");
    // The server closes no connection by itself in this time, so the child has ended.
    await closed;
  }).timeout(20_000);

  for (const [onTerm, isClean, what] of [
    ["exit", true, "one that ended by itself after SIGTERM stopped in order"],
    ["close", true, "one with nothing left to do after SIGTERM stopped in order"],
    ["default", false, "one that SIGTERM ended did not"],
    ["ignore", false, "one that was killed after its time limit did not"],
  ] as const) {
    it(`says whether a process stopped in order: ${what}`, async () => {
      const [port = 0] = await freePorts(1, process.pid);
      const child = await startChild(
        {
          ...{ name: "The child", entry: fileOf("servingChild.ts"), logFile: "/dev/null" },
          env: { PORT: String(port), ON_TERM: onTerm },
          readyUrl: `http://127.0.0.1:${port}/`,
          stopMaxMs: onTerm === "ignore" ? 10 : 10_000,
        },
        new AbortController().signal,
      );
      expect(await child.stop()).to.equal(isClean);
    }).timeout(20_000);
  }
});

describe("killWithParent", () => {
  it("kills a program when its parent is killed", async () => {
    const parent = spawn(process.execPath, [fileOf("guardingParent.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    expect(() => process.kill(Number(String(line)), 0)).to.not.throw();
    const closed = once(parent.stdout.resume(), "close");
    parent.kill("SIGKILL");
    // Both processes have stdout, so it closes when both have ended.
    await closed;
  }).timeout(20_000);
});
