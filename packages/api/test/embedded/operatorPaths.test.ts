import { networkInterfaces } from "node:os";
import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { type Answer, callApi } from "../support/callApi.ts";
import { openRaw, statusesIn } from "../support/rawConnection.ts";
import { recordingLog } from "../support/recordingLog.ts";

const TOKEN = "metrics-token-0123456789-0123456789";

describe("the paths for operators and their tools", () => {
  let server: RunningServer;

  afterEach("closes the server", () => server.close());

  async function start(env: Record<string, string> = {}): Promise<void> {
    const config = readConfig({ STACK: "embedded", PORT: "0", LOG_LEVEL: "silent", ...env });
    server = await startServer(config, { log: recordingLog() });
  }

  const get = (path: string, headers: Record<string, string> = {}, url = server.url) =>
    callApi(url, "GET", path, { headers });
  const codes = (answers: readonly Answer[]) => answers.map(({ status }) => status);

  it("serve the metrics to a program of this machine, never through a proxy", async () => {
    await start();
    expect((await get("/metrics")).status).to.equal(200);
    const names = ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-proto"];
    const ofServices = ["cf-connecting-ip", "true-client-ip", "x-client-ip", "x-envoy-peer"];
    for (const name of [...names, ...ofServices, "cdn-loop", "x-original-host"]) {
      expect((await get("/metrics", { [name]: "1.2.3.4" })).code, name).to.equal("ROUTE_NOT_FOUND");
    }
  });

  it("serve no metrics to a request whose Host is another machine, as of a proxy", async () => {
    await start();
    const ask = async (host: string): Promise<number[]> => {
      const head = `GET /metrics HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
      return statusesIn(await (await openRaw(server.port, head)).ended);
    };
    for (const host of ["tickets.example", "127.0.0.1.example:80", "10.0.0.1", "[2001:db8::1]"]) {
      expect(await ask(host), host).to.deep.equal([404]);
    }
    for (const host of ["localhost", "LOCALHOST:8080", "127.0.0.2:80", "[::1]:80"]) {
      expect(await ask(host), host).to.deep.equal([200]);
    }
  });

  it("serve the metrics at one path, in one spelling", async () => {
    await start();
    const paths = ["/api/v1/metrics", "/METRICS", "/Metrics", "/api/v1/METRICS", "/metrics/x"];
    expect(codes(await Promise.all(paths.map((path) => get(path))))).to.deep.equal(
      Array(paths.length).fill(404),
    );
    expect((await get("/HEALTH/live")).status).to.equal(404);
  });

  it("serve the metrics to no other machine", async function () {
    const other = otherAddress();
    if (other === undefined) this.skip();
    await start({ HOST: "0.0.0.0" });
    const url = `http://${other}:${server.port}`;
    expect((await get("/metrics", {}, url)).status).to.equal(404);
    expect((await get("/health/ready", {}, url)).status).to.equal(200);
  });

  it("need the token everywhere when there is one", async () => {
    await start({ METRICS_TOKEN: TOKEN, METRICS_PORT: "0" });
    const url = server.metricsUrl ?? "";
    for (const authorization of ["", TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, "Bearer "]) {
      const answer = await get("/metrics", { authorization }, url);
      expect([answer.status, answer.code]).to.deep.equal([401, "METRICS_TOKEN_INVALID"]);
    }
    const bearer = { authorization: `bearer ${TOKEN}` };
    expect((await get("/metrics", bearer, url)).status).to.equal(200);
    expect((await get("/metrics", bearer)).status, "on PORT").to.equal(404);
  });

  it("serve the metrics on PORT with the token, also through a proxy", async () => {
    await start({ METRICS_TOKEN: TOKEN });
    const headers = { authorization: `Bearer ${TOKEN}`, "x-forwarded-for": "1.2.3.4" };
    expect((await get("/metrics", headers)).status).to.equal(200);
    expect((await get("/metrics")).status).to.equal(401);
  });

  it("have a port of their own, which serves nothing else", async () => {
    await start({ METRICS_PORT: "0" });
    const url = server.metricsUrl ?? "";
    await get("/api/v1/concerts");
    const metrics = await get("/metrics", { "x-forwarded-for": "1.2.3.4" }, url);
    expect(metrics.status).to.equal(200);
    expect(metrics.text).to.include('route="/api/v1/concerts"');
    expect((await get("/health/ready", {}, url)).status).to.equal(200);
    for (const path of ["/api/v1/concerts", "/docs", "/openapi.json"]) {
      expect((await get(path, {}, url)).status, path).to.equal(404);
    }
    expect((await get("/metrics")).status, "on PORT").to.equal(404);
  });

  it("make the text of the metrics once a second", async () => {
    await start();
    const texts = await Promise.all(Array.from({ length: 50 }, () => get("/metrics")));
    expect(new Set(texts.map(({ text }) => text)).size).to.be.at.most(2);
  });
});

/** An address of this machine that is not loopback; undefined without a network. */
function otherAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}
