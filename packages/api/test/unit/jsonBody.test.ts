import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect } from "chai";
import Koa from "koa";
import { jsonBodyReader } from "../../src/http/jsonBody.ts";
import type { RequestState } from "../../src/http/state.ts";
import { MalformedHttpError } from "../../src/problems/errors.ts";
import { fakeClock } from "../support/fakeClock.ts";

describe("jsonBodyReader", () => {
  it("fails immediately when the client left before the body was read", async () => {
    const request = new IncomingMessage(new Socket());
    Object.assign(request.headers, { "content-type": "application/json", "content-length": "12" });
    request.destroy();
    await once(request, "close");
    const ctx = new Koa<RequestState>().createContext(request, new ServerResponse(request));
    const failure = await jsonBodyReader(fakeClock(), 1_000)(ctx).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(MalformedHttpError);
  });
});
