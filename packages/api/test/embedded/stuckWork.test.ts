import { openCore, readConfig } from "@onsale/core";
import { expect } from "chai";
import { createApp } from "../../src/createApp.ts";
import { listen } from "../../src/http/listen.ts";
import { callApi } from "../support/callApi.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { recordingLog } from "../support/recordingLog.ts";

describe("the readiness probe", () => {
  it("fails with a reason while stuck work occupies every slot", async () => {
    const config = readConfig({ STACK: "embedded", IN_FLIGHT_MAX: "2", PORT: "0" });
    const log = recordingLog();
    const opened = await openCore(config, { log });
    const clock = fakeClock();
    const { promise: blocked, resolve: release } = Promise.withResolvers<never[]>();
    const { promise: bothBegun, resolve: announce } = Promise.withResolvers<void>();
    let begun = 0;
    const listConcerts = () => {
      begun += 1;
      if (begun === 2) announce();
      return blocked;
    };
    const core = { ...opened.core, clock, catalog: { ...opened.core.catalog, listConcerts } };
    const app = createApp({ core, config, log });
    const { ids } = core;
    const listener = await listen(app.callback(), { ...config.http, clock, ids });
    try {
      const ready = async () => {
        const { status, data } = await callApi(listener.url, "GET", "/health/ready");
        return { status, state: data.status, reason: data.reason };
      };
      const list = (singer: string) =>
        callApi(listener.url, "GET", `/api/v1/concerts?singer=${singer}`);
      const answers = Promise.all([list("a"), list("b")]);
      await Promise.race([bothBegun, answers]);
      // A deadline passes up to two checks late.
      await clock.advance(config.http.requestTimeoutMs + 100);
      expect((await answers).map(({ code }) => code)).to.deep.equal([
        "DEADLINE_EXCEEDED",
        "DEADLINE_EXCEEDED",
      ]);
      expect(await ready(), "the work may still end").to.include({ status: 200 });
      await clock.advance(4_900);
      expect(await ready()).to.deep.equal({ status: 503, state: "unready", reason: "WORK_STUCK" });
      release([]);
      await new Promise(setImmediate);
      expect(await ready()).to.deep.equal({ status: 200, state: "ready", reason: undefined });
    } finally {
      await listener.close(0);
      await opened.close();
    }
  });
});
