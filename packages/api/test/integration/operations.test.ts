import { expect } from "chai";
import { z } from "zod";
import { API_PREFIX, ENDPOINTS } from "../../src/routes/endpoints.ts";
import { liveness, readiness } from "../../src/routes/health/schema.ts";
import { useTestApi } from "../support/testApi.ts";

const SERVERS_UP = ["mysql", "redis"].map((dependency) => ({
  dependency,
  up: true,
  needed: true,
  reason: null,
}));

describe("probes, metrics, documents and log", () => {
  const api = useTestApi({ AUTH_MODE: "trusted", TRUST_PROXY: "true" });

  it("report liveness, and readiness with the state of each server and the stack", async () => {
    const isEmbedded = api().config.stack === "embedded";
    const stackFields = { stack: api().config.stack, durable: !isEmbedded };
    const live = await api().call("GET", "/health/live");
    expect(live.status).to.equal(200);
    expect(live.data).to.deep.equal({ status: "live", ...stackFields });
    for (const path of ["/health", "/health/ready", "/api/v1/health", "/api/v1/health/ready"]) {
      const ready = await api().call("GET", path);
      expect(ready.status, path).to.equal(200);
      expect(ready.data, path).to.deep.equal({
        status: "ready",
        schema: "current",
        dependencies: isEmbedded ? [] : SERVERS_UP,
        ...stackFields,
      });
    }
  });

  it("answer probes in the documented form", async () => {
    expect(liveness.parse((await api().call("GET", "/health/live")).data).status).to.equal("live");
    expect(readiness.parse((await api().call("GET", "/health")).data).status).to.equal("ready");
  });

  it("count requests by path template, never by path", async () => {
    await api().call("GET", "/points/current/31337");
    await api().call("GET", "/no/such/path/31337");
    const { text, headers } = await api().call("GET", "/metrics");
    expect(headers.get("content-type")).to.match(/^text\/plain/);
    expect(text).to.include(
      "onsale_http_request_duration_seconds_count" +
        '{method="GET",route="/points/current/{userId}",status="200"} 1\n',
    );
    expect(text).to.match(/route="unmatched",status="404"/);
    expect(text).to.include("onsale_http_requests_in_flight");
    expect(text).to.not.include("31337");
  });

  it("return an OpenAPI 3.1 document with every endpoint and every field", async () => {
    const { text, status } = await api().call("GET", "/openapi.json");
    expect(status).to.equal(200);
    const document = z
      .looseObject({
        openapi: z.literal("3.1.0"),
        paths: z.record(z.string(), z.record(z.string(), z.unknown())),
      })
      .parse(JSON.parse(text));
    for (const { path, method } of ENDPOINTS) {
      expect(document.paths[path], path).to.have.property(method);
    }
    for (const path of ["/health", "/health/live", "/health/ready"]) {
      expect(document.paths[path], path).to.have.property("get");
    }
    expect(text).to.include('"Idempotency-Key"');
    expect(text).to.include("application/problem+json");
  });

  it("return an HTML page that loads nothing from other servers", async () => {
    const { text, headers } = await api().call("GET", "/docs");
    expect(headers.get("content-security-policy")).to.include("default-src 'none'");
    expect(text).to.not.match(/<script|<link|src=|url\(|https?:\/\//);
    for (const { path } of ENDPOINTS) expect(text).to.include(`<code>${API_PREFIX}${path}</code>`);
    expect(text).to.include('id="SEAT_ALREADY_HELD"');
    // Browsers open a closed box for a link to something inside of it, not to the box.
    expect(text).to.match(/<details>\n<summary>.*<\/summary>\n<p id="reserveSeat">/);
    expect(text).to.not.include("<details id");
  });

  it("return a page that sends requests, and loads nothing from other servers", async () => {
    for (const prefix of ["", API_PREFIX]) {
      const page = await api().call("GET", `${prefix}/docs/try`);
      expect(page.headers.get("content-type")).to.match(/^text\/html/);
      const policy = page.headers.get("content-security-policy");
      expect(policy)
        .to.include("default-src 'none'; script-src 'self'")
        .and.not.match(/https?:/);
      expect(page.text).to.not.match(/https?:|\/\//);
      const names = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
      expect(names).to.deep.equal(["viewer.css", "viewer.js", "start.js"]);
      for (const name of names) {
        const file = await api().call("GET", `${prefix}/docs/${name}`);
        expect(file.status, name).to.equal(200);
        expect(file.headers.get("content-type"), name).to.match(/^text\/(css|javascript)/);
      }
    }
  });

  it("warn at the start that trusted mode accepts every userId", () => {
    const warnings = api().log.lines.filter(({ level }) => level === "warn");
    expect(JSON.stringify(warnings)).to.include("AUTH_MODE=trusted");
  });

  it("use the address that the proxy added, not those that the client sent", async () => {
    const headers = { "x-forwarded-for": "6.6.6.6, 10.1.2.3" };
    await api().call("GET", "/concerts", { headers });
    const line = api().log.lines.findLast(({ fields }) => fields.route === "/concerts");
    expect(line?.fields.address).to.equal("10.1.2.3");
  });

  it("log user, route and status of each request", async () => {
    await api().call("GET", "/points/current/77?limit=secret");
    const line = api().log.lines.findLast(({ fields }) => fields.event === "http.answered");
    expect(line?.fields).to.include({
      method: "GET",
      route: "/points/current/{userId}",
      path: "/points/current/77",
      status: 400,
      code: "INVALID_REQUEST",
    });
    expect(JSON.stringify(line)).to.not.include("secret");
  });
});

describe("the development issuer when it is switched off", () => {
  const api = useTestApi({ DEV_ISSUER: "false" });

  it("answers 404 on its endpoints", async () => {
    const answer = await api().call("POST", "/api/v1/users", { json: { name: "Ada" } });
    expect([answer.status, answer.code]).to.deep.equal([404, "ROUTE_NOT_FOUND"]);
  });
});
