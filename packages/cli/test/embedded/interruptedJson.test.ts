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
