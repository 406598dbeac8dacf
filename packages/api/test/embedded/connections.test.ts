import { expect } from "chai";
import { OPERATOR_CONNECTIONS_MAX } from "../../src/http/connectionsMax.ts";
import { callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { statusesIn } from "../support/rawConnection.ts";
import { useImpatientServer } from "../support/useImpatientServer.ts";

describe("connections whose client never closes its side", () => {
  const { server, start, open, openMany } = useImpatientServer();

  async function connectionCount(): Promise<number> {
    const { text } = await callApi(server().url, "GET", "/metrics");
    return Number(/^onsale_http_connections (\d+)$/m.exec(text)?.[1]);
  }

  const noneLeft = () =>
    eventually("the end of every other connection", async () =>
      (await connectionCount()) === 1 ? true : undefined,
    );

  it("are destroyed after the answer when the client sends nothing more", async () => {
    await start();
    const silent = await openMany(50);
    const answers = await Promise.all(silent.map(({ ended }) => ended));
    for (const answer of answers) expect(statusesIn(answer)).to.deep.equal([408]);
    await noneLeft();
  });

  it("are destroyed after the answer when the client sent bytes that are not HTTP", async () => {
    await start();
    const noise = await openMany(20, "NONSENSE\r\n\r\n");
    for (const { ended } of noise) expect(statusesIn(await ended)).to.deep.equal([400]);
    for (const { socket } of noise) socket.write("and more of it");
    await noneLeft();
    for (const one of noise) expect(statusesIn(one.received())).to.deep.equal([400]);
  });

  it("are destroyed after the answer to CONNECT, even when more bytes follow", async () => {
    await start();
    const tunnels = await openMany(20, "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
    for (const { ended } of tunnels) expect(statusesIn(await ended)).to.deep.equal([405]);
    for (const { socket } of tunnels) socket.write("bytes for the other end");
    await noneLeft();
  });

  it("are destroyed after the answer to an Upgrade request with Connection: close", async () => {
    await start();
    const upgrades = await openMany(
      5,
      "GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\n" +
        "upgrade: websocket\r\n\r\n",
    );
    for (const { ended } of upgrades) expect(statusesIn(await ended)).to.deep.equal([200]);
    await noneLeft();
  });

  it("do not prevent the server from closing", async () => {
    await start({ SHUTDOWN_MS: "200" });
    const tunnel = await open("CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
    await tunnel.ended;
    const startedMs = performance.now();
    await server().close();
    expect(performance.now() - startedMs).to.be.below(1_500);
  });

  describe("a server with the maximum number of connections", () => {
    const half =
      "POST /api/v1/users HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
      "content-length: 14\r\nexpect: 100-continue\r\n\r\n";

    it("closes the connection that was silent longest when a probe connects", async () => {
      await start({ CONNECTIONS_MAX: "20", REQUEST_TIMEOUT_MS: "30000" });
      const [first] = await openMany(1);
      const silent = await openMany(60);
      expect((await callApi(server().url, "GET", "/health/live")).status).to.equal(200);
      expect(await connectionCount()).to.be.at.most(20);
      expect(first?.socket.readableEnded, "the first").to.equal(true);
      const last = silent.at(-1);
      last?.socket.write("GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n");
      expect(statusesIn((await last?.matched(/live/)) ?? "")).to.deep.equal([200]);
    });

    it("keeps few connections of its other ports, which share its files", async () => {
      const secret = { ADMIN_JWT_SECRET: "admin-0123456789-0123456789-012345" };
      const ports = { ADMIN_PORT: "0", METRICS_PORT: "0", REQUEST_TIMEOUT_MS: "30000" };
      await start({ ...secret, ...ports });
      for (const url of [server().adminUrl ?? "", server().metricsUrl ?? ""]) {
        const port = Number(new URL(url).port);
        const silent = await openMany(2 * OPERATOR_CONNECTIONS_MAX, "", port);
        expect((await callApi(url, "GET", "/openapi.json")).status).to.be.oneOf([200, 404]);
        const open = silent.filter(({ socket }) => !socket.readableEnded);
        expect(open.length).to.be.at.most(OPERATOR_CONNECTIONS_MAX);
      }
    });

    it("closes no connection with an open request", async () => {
      const slow = { REQUEST_TIMEOUT_MS: "30000", BODY_TIMEOUT_MS: "10000" };
      await start({ CONNECTIONS_MAX: "20", ...slow });
      const busy = await open(half);
      await busy.matched(/ 100 Continue/);
      await openMany(60);
      busy.socket.write('{"name":"Ada"}');
      expect(statusesIn(await busy.matched(/accessToken/))).to.deep.equal([201]);
    });

    it("gives one address half of them, so that others are served", async () => {
      const slow = { REQUEST_TIMEOUT_MS: "30000", BODY_TIMEOUT_MS: "10000" };
      await start({ CONNECTIONS_MAX: "32", ...slow });
      for (let count = 0; count < 16; count += 1) {
        await (await open(half)).matched(/ 100 Continue/);
      }
      for (const path of ["/docs/viewer.js", "/openapi.json", "/api/v1/concerts"]) {
        const answer = await callApi(server().url, "GET", path);
        expect([answer.status, answer.code], path).to.deep.equal([429, "TOO_MANY_OPEN_REQUESTS"]);
      }
      expect((await callApi(server().url, "GET", "/health/live")).status).to.equal(200);
    });
  });
});
