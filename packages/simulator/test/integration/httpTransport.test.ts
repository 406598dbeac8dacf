import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { expect } from "chai";
import { httpTransport } from "../../src/actors/httpTransport.ts";
import type { Transport } from "../../src/actors/transport.ts";

/** Runs the real client against a small test server with one answer for each kind. */
describe("httpTransport", () => {
  let server: Server | undefined;
  let transport: Transport | undefined;

  async function against(listener: RequestListener, timeoutMs = 2000): Promise<Transport> {
    server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const baseUrls = [`http://127.0.0.1:${address.port}`];
    transport = httpTransport({ baseUrls, connectionsMax: 2, timeoutMs });
    return transport;
  }

  afterEach(async () => {
    await transport?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it("sends token, body and key with the prefix, and returns the data field", async () => {
    const seen: unknown[] = [];
    const client = await against(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { authorization, "idempotency-key": key } = request.headers;
      seen.push({ method: request.method, url: request.url, authorization, key, body });
      response.end(JSON.stringify({ data: { seatId: 4 } }));
    });
    const answer = await client.send(0, {
      method: "POST",
      path: "/concerts/reserve-seat",
      token: "t",
      body: { seatIds: [4] },
      idempotencyKey: "k",
    });
    expect(answer).to.deep.equal({ kind: "accepted", status: 200, data: { seatId: 4 } });
    expect(seen).to.deep.equal([
      {
        method: "POST",
        url: "/api/v1/concerts/reserve-seat",
        authorization: "Bearer t",
        key: "k",
        body: '{"seatIds":[4]}',
      },
    ]);
  });

  it("sends the requests of waiting buyers to processes of their own", async () => {
    const seen: string[] = [];
    const listen = async (name: string) => {
      const one = createServer(({ url = "" }, response) => {
        seen.push(`${name} ${url.replace("/api/v1", "")}`);
        response.end('{"data":{}}');
      }).listen(0, "127.0.0.1");
      await once(one, "listening");
      const address = one.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      return { one, url: `http://127.0.0.1:${address.port}` };
    };
    const [api, queue] = [await listen("api"), await listen("queue")];
    const limits = { connectionsMax: 2, timeoutMs: 2000 };
    transport = httpTransport({ baseUrls: [api.url], queueUrls: [queue.url], ...limits });
    for (const path of ["/queue/tokens/me", "/queues/main/status", "/payment/pay"]) {
      await transport.send(3, { method: "GET", path });
    }
    expect(seen).to.deep.equal([
      "queue /queue/tokens/me",
      "queue /queues/main/status",
      "api /payment/pay",
    ]);
    for (const { one } of [api, queue]) {
      one.closeAllConnections();
      one.close();
    }
  });

  it("returns a refusal with the retry time for 4xx", async () => {
    const client = await against((_request, response) => {
      response.writeHead(429, { "retry-after": "2" }).end('{"code":"RATE_LIMITED"}');
    });
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.deep.equal({
      kind: "refused",
      status: 429,
      body: { code: "RATE_LIMITED" },
      retryAfterMs: 2000,
    });
  });

  it("returns a failure for 5xx, also with Retry-After", async () => {
    const client = await against((_request, response) => {
      response.writeHead(503, { "retry-after": "1" }).end("{}");
    });
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.include({ kind: "failed", failure: "HTTP 503", retryAfterMs: 1000 });
  });

  it("returns a lost connection when the connection breaks", async () => {
    const client = await against((request) => {
      request.socket.destroy();
    });
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.include({ kind: "failed", failure: "connection lost" });
  });

  it("returns a timeout when no answer comes", async () => {
    const client = await against(() => undefined, 300);
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.include({ kind: "failed", failure: "timeout" });
  });

  it("returns a refused connection for a closed port", async () => {
    const client = await against(() => undefined);
    server?.close();
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.include({ kind: "failed", failure: "connection refused" });
  });

  it("returns a failure for a 200 whose body is not JSON", async () => {
    const client = await against((_request, response) => {
      response.end("<html>");
    });
    const answer = await client.send(0, { method: "GET", path: "/x" });
    expect(answer).to.include({ kind: "failed", failure: "not JSON" });
  });
});
