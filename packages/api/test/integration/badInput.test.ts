import { expect } from "chai";
import { problemSchema } from "../../src/openapi/problemSchema.ts";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";
import { badCaseFixture } from "../support/badCaseFixture.ts";
import { badCases } from "../support/badCases.ts";
import type { BadCaseFixture } from "../support/badTemplate.ts";
import { activeBuyer } from "../support/buyer.ts";
import type { Answer } from "../support/callApi.ts";
import { useTestApi } from "../support/testApi.ts";

/** Expects a well-formed problem answer with the given status and code. */
function expectProblem(answer: Answer, wanted: readonly [number, string], what: string): void {
  expect([answer.status, answer.code], `${what}: ${answer.text}`).to.deep.equal(wanted);
  expect(answer.headers.get("content-type")).to.equal("application/problem+json");
  expect(answer.body).to.include.keys("type", "title", "status", "detail", "code", "requestId");
  expect(Object.keys(problemSchema.shape), what).to.include.members(Object.keys(answer.body));
  expect(answer.body.status).to.equal(answer.status);
  expect(answer.body.requestId).to.equal(answer.headers.get("x-request-id"));
  expect(answer.text).to.not.match(/SELECT|INSERT|UPDATE|node_modules|\.ts:\d/);
  if (answer.status === 401) expect(answer.headers.get("www-authenticate")).to.equal("Bearer");
}

for (const mode of ["jwt", "trusted"]) {
  describe(`bad input in ${mode} mode`, () => {
    // Invalid requests use up the allowance of their user too. The tests send them faster than the
    // default allowance permits.
    const api = useTestApi({ AUTH_MODE: mode, RATE_LIMIT_USER_PER_SECOND: "100000" });
    let fixture: BadCaseFixture;

    before("makes a sale with an active and a waiting buyer", async () => {
      fixture = await badCaseFixture(api(), mode === "trusted");
    });

    for (const endpoint of ENDPOINTS) {
      it(`is refused at ${endpoint.operationId} with the expected 4xx, never 500`, async () => {
        const cases = badCases(endpoint, fixture);
        expect(cases.length, "cases").to.be.above(0);
        for (const { method, path, what, wanted, ...options } of cases) {
          const answer = await api().call(method, path, options);
          expectProblem(answer, wanted, `${endpoint.operationId}, ${what}`);
        }
      });
    }

    it("never writes the tokens of a bad request to the log", () => {
      const text = JSON.stringify(api().log.lines);
      expect(api().log.lines.length).to.be.above(100);
      expect(text).to.not.include(fixture.active.queueToken);
      expect(text).to.not.match(/eyJ/);
      expect(api().log.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
    });
  });
}

describe("a refused request", () => {
  const api = useTestApi();

  it("lists every wrong field with its path", async () => {
    const active = await activeBuyer(api());
    const answer = await api().call("POST", "/api/v1/concerts/reserve-seat", {
      token: active.queueToken,
      json: { seatIds: [1, "2", 0], color: "red" },
    });
    const reason = "Must be a whole number from 1 to 2^53 - 1";
    expect(answer.body.errors).to.have.deep.members([
      { path: "body.seatIds.1", reason },
      { path: "body.seatIds.2", reason },
      { path: "body.color", reason: "Unknown field" },
    ]);
  });

  it("names both bounds of a number, whatever is wrong with it", async () => {
    const token = api().accessToken(4_711);
    for (const amount of [0, 10.5, 1_000_000_001, "5", null]) {
      const answer = await api().call("PUT", "/api/v1/points/charge", { token, json: { amount } });
      const reason = "Must be a whole number from 1 to 1,000,000,000";
      expect(answer.body.errors).to.deep.equal([{ path: "body.amount", reason }]);
    }
  });

  it("stores nothing when its body is not UTF-8", async () => {
    const named = (name: string, encoding: BufferEncoding) =>
      api().call("POST", "/api/v1/users", {
        raw: new Uint8Array(Buffer.from(`{"name":"${name}"}`, encoding)),
      });
    for (const bytes of ["\xff\xfe", "\xc3", "\xed\xa0\x80"]) {
      expectProblem(await named(bytes, "latin1"), [400, "INVALID_JSON"], JSON.stringify(bytes));
    }
    for (const name of ["아이유", "\u{1f3ab}", "\ufffd"]) {
      expect((await named(name, "utf8")).status, name).to.equal(201);
    }
  });

  it("gets 404 for an unknown path, and 405 with Allow for another method", async () => {
    const lost = await api().call("GET", "/api/v1/nothing");
    expectProblem(lost, [404, "ROUTE_NOT_FOUND"], "unknown path");
    const wrong = await api().call("PATCH", "/queue/tokens");
    expectProblem(wrong, [405, "METHOD_NOT_ALLOWED"], "wrong method");
    expect(wrong.headers.get("allow")).to.equal("POST");
    const health = await api().call("POST", "/health/live", { json: {} });
    expectProblem(health, [405, "METHOD_NOT_ALLOWED"], "wrong method");
    expect(health.headers.get("allow")).to.equal("HEAD, GET");
  });

  it("keeps a safe request id, and gets a new id in place of an unsafe id", async () => {
    const kept = await api().call("GET", "/api/v1/concerts", {
      headers: { "x-request-id": "trace-42" },
    });
    expect(kept.headers.get("x-request-id")).to.equal("trace-42");
    const replaced = await api().call("GET", "/api/v1/concerts", {
      headers: { "x-request-id": "bad id {}" },
    });
    expect(replaced.headers.get("x-request-id")).to.match(/^[0-9a-f-]{36}$/);
  });

  it("is not authenticated by X-User-Id in jwt mode", async () => {
    const answer = await api().call("GET", "/api/v1/points/history", {
      headers: { "x-user-id": "5" },
    });
    expectProblem(answer, [401, "AUTHENTICATION_REQUIRED"], "no token");
  });
});
