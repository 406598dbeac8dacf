import type { CoreContext } from "@onsale/core";
import { createMemoryServers, openMemoryCore } from "@onsale/core/memory";
import { expect } from "chai";
import { z } from "zod";
import { issueAccessToken } from "../../src/auth/accessToken.ts";
import {
  AccessTokenInvalidError,
  API_PREFIX,
  type ApiAnswer,
  openEndpoints,
  servedRoutes,
  type VerifyAccessToken,
} from "../../src/endpoints.ts";
import { testConfig } from "../support/testConfig.ts";

const joined = z.object({ data: z.object({ token: z.string() }) });
const config = testConfig({ STACK: "embedded" });

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends requests to the endpoints of one in-memory core; by default a charge of 500 points. */
function endpointsRig(options: { core?: Partial<CoreContext>; verify?: VerifyAccessToken } = {}) {
  const opened = openMemoryCore(config, createMemoryServers());
  const core = { ...opened.core, ...options.core };
  const answer = openEndpoints({
    core,
    config,
    routes: servedRoutes(config),
    ...(options.verify ? { verifyAccessToken: options.verify } : {}),
  });
  return async ({
    method = "PUT",
    path = "/points/charge",
    token = issueAccessToken(config, { userId: 1 }).accessToken,
    key,
    query,
    body = { amount: 500 },
  }: Asked = {}): Promise<ApiAnswer & { readonly json: unknown }> => {
    const answered = await answer({
      requestId: "r-1",
      method,
      path: API_PREFIX + path,
      headers: {
        authorization: token === "" ? undefined : `Bearer ${token}`,
        "idempotency-key": key,
      },
      ...(query ? { query } : {}),
      body,
    });
    return {
      ...answered,
      json: answered.body === undefined ? undefined : JSON.parse(answered.body),
    };
  };
}

describe("openEndpoints", () => {
  it("answers an accepted request with data, status and headers", async () => {
    const { status, headers, json, error } = await endpointsRig()();
    expect({ status, json, error }).to.deep.equal({
      status: 200,
      json: { data: { currentPoints: 500 } },
      error: undefined,
    });
    expect(headers).to.deep.equal({
      "Cache-Control": "no-store",
      "Content-Type": "application/json; charset=utf-8",
    });
  });

  it("marks a repeated answer for an Idempotency-Key", async () => {
    const ask = endpointsRig();
    await ask({ key: "k-1" });
    const { headers, json } = await ask({ key: "k-1" });
    expect(headers["Idempotency-Replayed"]).to.equal("true");
    expect(json).to.deep.equal({ data: { currentPoints: 500 } });
  });

  it("passes the query to an endpoint that reads a query", async () => {
    const ask = endpointsRig();
    await ask();
    const found = { method: "GET", path: "/points/history", body: undefined };
    const { status } = await ask({ ...found, query: { limit: "1" } });
    expect(status).to.equal(200);
    const refused = await ask({ ...found, query: { limit: "none" } });
    expect(refused.json).to.include({ status: 400, code: "INVALID_REQUEST" });
  });

  it("answers 204 without a body when the buyer leaves the queue", async () => {
    const ask = endpointsRig();
    const { json } = await ask({ method: "POST", path: "/queue/tokens", body: {} });
    const { token } = joined.parse(json).data;
    const left = await ask({ method: "DELETE", path: "/queue/tokens/me", token, body: undefined });
    expect({ status: left.status, body: left.body }).to.deep.equal({
      status: 204,
      body: undefined,
    });
  });

  const refusals: readonly (readonly [string, Asked, number, string])[] = [
    ["an unknown path", { path: "/nothing" }, 404, "ROUTE_NOT_FOUND"],
    ["another method of a known path", { method: "GET" }, 405, "METHOD_NOT_ALLOWED"],
    ["a missing token", { token: "" }, 401, "AUTHENTICATION_REQUIRED"],
    ["a forged token", { token: "a.b.c" }, 401, "ACCESS_TOKEN_INVALID"],
    ["a field of the wrong type", { body: { amount: "5" } }, 400, "INVALID_REQUEST"],
    ["another user's account", { body: { userId: 2, amount: 5 } }, 403, "FOREIGN_USER"],
    ["an Idempotency-Key with a blank", { key: "a b" }, 400, "IDEMPOTENCY_KEY_INVALID"],
  ];
  for (const [what, asked, status, code] of refusals) {
    it(`refuses ${what} with ${code}`, async () => {
      const answered = await endpointsRig()(asked);
      expect(answered.status).to.equal(status);
      expect(answered.json).to.include({ status, code, requestId: "r-1" });
      expect(answered.headers["Content-Type"]).to.equal("application/problem+json");
      expect(answered.error).to.be.instanceOf(Error);
    });
  }

  it("names the supported methods of a path in Allow", async () => {
    const { headers } = await endpointsRig()({ method: "GET" });
    expect(headers.Allow).to.equal("PUT");
  });

  it("answers an unexpected error with 500 and does not show its message", async () => {
    const bug = new Error("the ledger table is on fire");
    const withTransaction = async (): Promise<never> => {
      throw bug;
    };
    const { status, body, error } = await endpointsRig({ core: { withTransaction } })();
    expect(status).to.equal(500);
    expect(body).to.include("INTERNAL_ERROR").and.not.include("fire");
    expect(error).to.equal(bug);
  });

  it("verifies access tokens with the verifier that the caller passes", async () => {
    const verify = (token: string): number => {
      if (token === "user-7") return 7;
      throw new AccessTokenInvalidError();
    };
    const ask = endpointsRig({ verify });
    expect((await ask({ token: "user-7", body: { userId: 7, amount: 5 } })).status).to.equal(200);
    expect((await ask({ token: "user-8" })).json).to.include({ code: "ACCESS_TOKEN_INVALID" });
  });
});
