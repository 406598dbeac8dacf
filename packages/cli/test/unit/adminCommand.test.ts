import { once } from "node:events";
import { Config } from "@oclif/core";
import { expect } from "chai";
import { AdminCommand } from "../../src/adminCommand.ts";

describe("a command with a signal of its own", () => {
  const exitCode = process.exitCode;
  afterEach(() => {
    process.exitCode = exitCode;
  });

  it("stops at a signal that comes before it listens, with --json", async () => {
    let isStopped = false;
    class Study extends AdminCommand {
      async run(): Promise<void> {
        // As while modules load: the signal waits for the event loop.
        process.kill(process.pid, "SIGTERM");
        await once(this.interruptSignal(), "abort");
        isStopped = true;
      }
      override logJson(): void {}
    }
    const config = await Config.load(import.meta.url);
    await Study.run(["--json", "--quiet"], config);
    expect(isStopped).to.equal(true);
    expect(process.exitCode).to.equal(130);
  });
});
