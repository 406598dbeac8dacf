import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { startOnsale } from "../support/runOnsale.ts";

describe("a command with --json that stops in order", () => {
  it("prints one object with the error INTERRUPTED when it has no result yet", async () => {
    const study = startOnsale(["study", "services", "--no-live", "--json"], NO_SERVERS);
    await study.said("one transaction");
    study.child.kill("SIGINT");
    const { code, stdout, stderr } = await study.finished;
    expect(code, stderr).to.equal(130);
    const { error, exitCode } = JSON.parse(stdout);
    expect([error.code, exitCode]).to.deep.equal(["INTERRUPTED", 130]);
  });
});

describe("a command whose --json names a file, with - for stdout", () => {
  it("prints one object with the part of a rush until Ctrl-C", async () => {
    const words = ["--embedded", "--buyers", "200", "--seats", "50", "--duration", "60"];
    const rush = startOnsale(["sim", "rush", ...words, "--json", "-"], NO_SERVERS);
    await rush.said("share this process");
    rush.child.kill("SIGINT");
    const { code, stdout, stderr } = await rush.finished;
    expect(code, stderr).to.equal(130);
    const { command, data } = JSON.parse(stdout);
    expect(command).to.equal("sim:rush");
    expect(data.verdict).to.include({ given: false });
  });

  it("prints one object with the error of a study that cannot begin", async () => {
    const study = startOnsale(["study", "incidents", "--buyers", "none", "--json=-"], NO_SERVERS);
    const { code, stdout } = await study.finished;
    const { error, exitCode } = JSON.parse(stdout);
    expect([code, error.code, exitCode]).to.deep.equal([2, "USAGE", 2]);
  });
});

describe("a command with --json that waits for a server", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`prints one object with the error INTERRUPTED at ${signal}, and exits 130`, async () => {
      const silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
      const bound = silent.address();
      if (bound === null || typeof bound === "string") throw new Error("the server has a port");
      const MYSQL_URL = `mysql://root@127.0.0.1:${bound.port}/onsale`;
      const env = { ...NO_SERVERS, MYSQL_URL, REDIS_URL: "redis://127.0.0.1:1" };
      const connected = once(silent, "connection");
      const command = startOnsale(["concert", "list", "--json"], env);
      try {
        await Promise.race([connected, command.finished]);
        command.child.kill(signal);
        const { code, stdout } = await command.finished;
        expect(code).to.equal(130);
        const { error, exitCode, command: name } = JSON.parse(stdout);
        expect([error.code, exitCode, name]).to.deep.equal(["INTERRUPTED", 130, "concert:list"]);
      } finally {
        silent.close();
        command.child.kill("SIGKILL");
      }
    });
  }
});
