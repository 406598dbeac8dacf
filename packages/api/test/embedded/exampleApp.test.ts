import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { createApp } from "@onsale/api";
import { createLogger, type OpenedCore, openCore, promoteWaiting, readConfig } from "@onsale/core";

describe("a waiting buyer", () => {
  let opened: OpenedCore;
  let server: Server;
  let url: string;

  before(
    "opens a core without a worker, so that the test decides when a buyer is admitted",
    async () => {
      const config = readConfig({ STACK: "embedded", AUTH_MODE: "trusted", LOG_LEVEL: "silent" });
      opened = await openCore(config);
      const app = createApp({ core: opened.core, config, log: createLogger(config.logLevel) });
      server = createServer(app.callback());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      assert(typeof address === "object" && address !== null);
      url = `http://127.0.0.1:${address.port}`;
    },
  );
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await opened.close();
  });

  async function statusOf(userId: number): Promise<string> {
    const response = await fetch(`${url}/queue/tokens/status/${userId}`, {
      headers: { "x-user-id": String(userId) },
    });
    const { data } = JSON.parse(await response.text());
    return `${data.status} ${data.ahead}`;
  }

  it("is admitted after the buyers who joined earlier", async () => {
    for (const userId of [1, 2]) {
      const body = JSON.stringify({ userId });
      const headers = { "content-type": "application/json" };
      await fetch(`${url}/queue/tokens`, { method: "POST", headers, body });
    }
    assert.equal(await statusOf(2), "WAITING 1");
    await promoteWaiting(opened.core, { queueId: "main" });
    assert.equal(await statusOf(2), "ACTIVE 0");
  });
});
