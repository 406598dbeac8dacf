import { type OpenedCore, openCore, readConfig } from "@onsale/core";
import { expect } from "chai";
import { createApp } from "../../src/createApp.ts";
import { type Listener, listen } from "../../src/http/listen.ts";
import { type ApiActivity, apiActivity } from "../../src/metrics/apiActivity.ts";
import { callApi } from "../support/callApi.ts";
import { recordingLog } from "../support/recordingLog.ts";

describe("the slots of waiting buyers", () => {
  let opened: OpenedCore;
  let listener: Listener;
  let activity: ApiActivity;
  const never = (): Promise<never> => new Promise(() => {});

  beforeEach("opens an API with one slot for buying and one for waiting", async () => {
    const config = readConfig({
      ...{ STACK: "embedded", AUTH_MODE: "trusted", LOG_LEVEL: "silent", PORT: "0" },
      ...{ IN_FLIGHT_MAX: "1", QUEUE_IN_FLIGHT_MAX: "1" },
    });
    const log = recordingLog();
    opened = await openCore(config, { log });
    const { core } = opened;
    activity = apiActivity(core, config);
    const app = createApp({ core, config, log, activity });
    listener = await listen(app.callback(), { ...config.http, clock: core.clock, ids: core.ids });
  });
  afterEach(async () => {
    await listener.close(0);
    await opened.close();
  });

  const codeOf = async (method: string, path: string, json?: object) =>
    (await callApi(listener.url, method, path, { json, headers: { "x-user-id": "7" } })).code;
  const charge = () => codeOf("PUT", "/api/v1/points/charge", { userId: 7, amount: 5 });
  const waiting = async () => [
    await codeOf("POST", "/api/v1/queue/tokens", { userId: 7 }),
    await codeOf("GET", "/api/v1/queue/tokens/status/7"),
    await codeOf("GET", "/api/v1/queues/main/status"),
  ];

  it("are free while every slot of buyers is taken", async () => {
    void activity.bounds.buying.run(never);
    expect(await charge()).to.equal("OVERLOADED");
    expect(await waiting()).to.deep.equal([undefined, undefined, undefined]);
  });

  it("take no slot of buyers when all of them are taken", async () => {
    void activity.bounds.waiting.run(never);
    expect(await waiting()).to.deep.equal(["OVERLOADED", "OVERLOADED", "OVERLOADED"]);
    expect(await charge()).to.equal(undefined);
    const { text } = await callApi(listener.url, "GET", "/metrics");
    expect(text).to.match(/^onsale_http_waiting_requests_in_flight 1$/m);
    expect(text).to.match(/^onsale_http_requests_in_flight 0$/m);
  });
});
