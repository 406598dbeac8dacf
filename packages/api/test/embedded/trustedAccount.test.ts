import { createConcert, joinQueue, readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi } from "../support/callApi.ts";
import { recordingLog } from "../support/recordingLog.ts";

const QUEUE_ID = "main";
const USER_ID = 7;
const ACCOUNT_PATHS = ["/users/me/reservations", "/points/history", "/users/me"];

describe("a queue token in trusted mode, without another name of its user", () => {
  let server: RunningServer;
  let token: string;

  before("opens a server, and joins its queue", async () => {
    const config = readConfig({ STACK: "embedded", AUTH_MODE: "trusted", PORT: "0" });
    server = await startServer(config, { log: recordingLog() });
    await createConcert(server.core, { title: "Rush", singer: "Ada", queueId: QUEUE_ID });
    ({ token } = await joinQueue(server.core, { userId: USER_ID, queueId: QUEUE_ID }));
  });
  after(() => server.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    callApi(server.url, "GET", `/api/v1${path}`, { token, headers });

  it("opens no account", async () => {
    for (const path of ACCOUNT_PATHS) {
      const { status, code } = await get(path);
      expect([status, code], path).to.deep.equal([400, "INVALID_REQUEST"]);
      const named = await get(path, { "x-user-id": String(USER_ID) });
      expect(named.status, named.text).to.equal(200);
    }
  });

  it("answers about its place", async () => {
    const { status, text } = await get("/queue/tokens/me");
    expect(status, text).to.equal(200);
  });
});
