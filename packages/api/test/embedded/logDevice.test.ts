import { closeSync, openSync } from "node:fs";
import { expect } from "chai";
import { callApi } from "../support/callApi.ts";
import { type ServerProcess, startServerProcess } from "../support/serverProcess.ts";

const EMBEDDED = { STACK: "embedded", PORT: "0" };

describe("a process that cannot write its log", () => {
  let server: ServerProcess | undefined;

  afterEach("stops the process", async () => {
    server?.signal("SIGKILL");
    await server?.exited;
    server = undefined;
  });

  async function expectServiceAndDrain({ url, signal, exited }: ServerProcess): Promise<void> {
    for (let request = 1; request <= 3; request += 1) {
      const created = await callApi(url, "POST", "/api/v1/users", { json: { name: "Ada" } });
      expect(created.status, created.text).to.equal(201);
    }
    signal("SIGTERM");
    expect(await exited).to.equal(0);
  }

  it("serves requests and drains while the device of the log is full", async () => {
    const full = openSync("/dev/full", "w");
    server = await startServerProcess("all", EMBEDDED, full);
    closeSync(full);
    await expectServiceAndDrain(server);
  });

  it("serves requests and drains after the reader of the log has ended", async () => {
    server = await startServerProcess("all", EMBEDDED);
    server.closeLog();
    await expectServiceAndDrain(server);
  });
});
