import { configureQueue, createConcert, joinQueue, readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { openRaw, type RawConnection } from "../support/rawConnection.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { streamRequest } from "../support/streamRequest.ts";

const QUEUE_ID = "main";

describe("an unusual request for the events of a place", () => {
  let server: RunningServer;
  let raw: RawConnection | undefined;

  before("opens a server with a paused queue", async () => {
    const config = readConfig({ STACK: "embedded", AUTH_MODE: "trusted", PORT: "0" });
    server = await startServer(config, { log: recordingLog() });
    await createConcert(server.core, { title: "Rush", singer: "Ada", queueId: QUEUE_ID });
    await configureQueue(server.core, { queueId: QUEUE_ID, settings: { mode: "paused" } });
  });
  afterEach(() => raw?.socket.destroy());
  after(() => server.close());

  async function send(requests: string): Promise<RawConnection> {
    raw = await openRaw(server.port, requests);
    return raw;
  }
  async function streamCount(): Promise<number> {
    const { text } = await callApi(server.url, "GET", "/metrics");
    return Number(/^onsale_queue_streams (\d+)$/m.exec(text)?.[1]);
  }

  it("leaves no stream when one connection requested several and is closed", async () => {
    const request = streamRequest(await waitingToken(1));
    const { socket, matched } = await send(request.repeat(3));
    await matched(/event:place/);
    socket.resetAndDestroy();
    await eventually("no stream", async () => ((await streamCount()) === 0 ? true : undefined));
  });

  it("ends after the place when its body has not arrived", async () => {
    const { matched } = await send(streamRequest(await waitingToken(2), "Content-Length: 9\r\n"));
    await matched(/event:place[\s\S]*\r\n0\r\n\r\n$/);
    expect(await streamCount()).to.equal(0);
  });

  async function waitingToken(userId: number): Promise<string> {
    return (await joinQueue(server.core, { queueId: QUEUE_ID, userId })).token;
  }
});
