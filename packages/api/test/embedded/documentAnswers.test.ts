import { systemClock, systemIds } from "@onsale/core";
import { expect } from "chai";
import Koa from "koa";
import { type Listener, listen } from "../../src/http/listen.ts";
import type { RequestState } from "../../src/http/state.ts";
import { requestState } from "../../src/middlewares/requestState.ts";
import { documentRoutes, operationsRoutes } from "../../src/routes/operations.ts";
import { callApi } from "../support/callApi.ts";

describe("the documents that everybody can read", () => {
  let listener: Listener;
  let bodies: unknown[];

  beforeEach("serves them, and keeps each body", async () => {
    bodies = [];
    const app = new Koa<RequestState>();
    app.use(requestState(systemIds));
    app.use(async (ctx, next) => {
      await next();
      bodies.push(ctx.body);
    });
    const parts = { endpoints: [], authMode: "jwt", hasProbes: true } as const;
    app.use(operationsRoutes(documentRoutes(parts, (_ctx, next) => next())));
    listener = await listen(app.callback(), {
      ...{ host: "127.0.0.1", port: 0, connectionsMax: 100, clock: systemClock, ids: systemIds },
      ...{ requestTimeoutMs: 5_000 },
    });
  });

  afterEach("stops", () => listener.close(0));

  for (const path of ["/docs", "/openapi.json", "/docs/try", "/docs/viewer.js"]) {
    it(`are in memory once, whatever the number of unread answers: ${path}`, async () => {
      const answers = [];
      for (let count = 0; count < 3; count += 1) {
        answers.push(await callApi(listener.url, "GET", path));
      }
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
      expect(bodies[0]).to.be.an.instanceOf(Buffer);
      for (const body of bodies) expect(body === bodies[0], "the same bytes").to.equal(true);
    });
  }
});
