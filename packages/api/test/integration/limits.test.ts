import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { expect } from "chai";
import { freshUserId } from "../support/buyer.ts";
import type { Answer } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { openTestApi, type TestApi, useTestApi } from "../support/testApi.ts";

/** Writes to a new connection and reads until the server ends it. */
function exchange(api: TestApi, written: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  socket.write(written);
  return textOf(socket);
}

const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);

describe("request limits", () => {
  it("refuse a user and an address above their rate, with the time to wait", async () => {
    const api = await openTestApi({
      RATE_LIMIT_USER_PER_SECOND: "3",
      RATE_LIMIT_ADDRESS_PER_SECOND: "50",
    });
    try {
      const token = api.accessToken(freshUserId());
      const ask = (path: string, options = {}): Promise<Answer> => api.call("GET", path, options);
      const history = await Promise.all(
        Array.from({ length: 8 }, () => ask("/api/v1/points/history", { token })),
      );
      const refused = history.filter(({ status }) => status === 429);
      expect(refused.length, "of 8 at the same time, 3 a second").to.be.within(2, 5);
      expect(refused[0]?.code).to.equal("RATE_LIMITED");
      expect(refused[0]?.headers.get("retry-after")).to.equal("1");
      const many = await Promise.all(Array.from({ length: 150 }, () => ask("/api/v1/concerts")));
      expect(statusesOf(many)).to.include.members([200, 429]);
      expect((await ask("/health/ready")).status, "probes have no limit").to.equal(200);
    } finally {
      await api.close();
    }
  });

  it("refuse requests immediately while every slot is taken, and finish running ones", async () => {
    const api = await openTestApi({ IN_FLIGHT_MAX: "2" });
    try {
      const userId = freshUserId();
      const token = api.accessToken(userId);
      const charge = () => api.call("PUT", "/api/v1/points/charge", { token, json: { amount: 5 } });
      const release = await lockAccount(api, userId);
      const begun = Promise.all([charge(), charge()]);
      await eventually("both requests at work", async () => {
        const { text } = await api.call("GET", "/metrics");
        return /^onsale_http_requests_in_flight 2$/m.test(text) ? true : undefined;
      });
      const shed = await api.call("GET", "/api/v1/concerts");
      expect([shed.status, shed.code]).to.deep.equal([503, "OVERLOADED"]);
      expect(shed.headers.get("retry-after")).to.equal("1");
      expect((await api.call("GET", "/health/ready")).status).to.equal(200);
      await release();
      expect(statusesOf(await begun)).to.deep.equal([200, 200]);
      expect((await api.call("GET", "/api/v1/concerts")).status).to.equal(200);
    } finally {
      await api.close();
    }
  });
});

/**
 * Makes requests that change the user's points wait for a row lock.
 * @returns a function that ends the wait
 */
async function lockAccount({ core }: TestApi, userId: number): Promise<() => Promise<void>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: locked, resolve: announce } = Promise.withResolvers<void>();
  const transaction = core.withTransaction(async (tx) => {
    await core.ledger.post(tx, { userId, kind: "CHARGE", amount: 1, entryKey: core.ids.uuid() });
    announce();
    await released;
  });
  await Promise.race([locked, transaction]);
  return async () => {
    release();
    await transaction;
  };
}

describe("requests that break a rule of HTTP", () => {
  const api = useTestApi({ REQUEST_TIMEOUT_MS: "600" });

  it("get a problem when their bytes are not HTTP", async () => {
    const answer = await exchange(api(), "NONSENSE\r\n\r\n");
    expect(answer).to.match(/^HTTP\/1\.1 400 /);
    expect(answer).to.include("application/problem+json").and.include('"code":"MALFORMED_HTTP"');
    expect(answer).to.match(/x-request-id: [0-9a-f-]{36}/i);
  });

  it("get their answer after the answer to the earlier request", async () => {
    const token = api().accessToken(freshUserId());
    const body = '{"amount":500}';
    const answer = await exchange(
      api(),
      "PUT /api/v1/points/charge HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
        `authorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n` +
        `${body}\n\nand the body went on`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(["HTTP/1.1 200", "HTTP/1.1 400"]);
    expect(answer).to.include('"currentPoints":500').and.include('"code":"MALFORMED_HTTP"');
  });

  const unmet: Readonly<Record<string, readonly [string, number, string]>> = {
    "no Host": ["GET /health HTTP/1.1\r\nconnection: close\r\n\r\n", 400, "MALFORMED_HTTP"],
    "an unknown Expect": [
      "POST /api/v1/users HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: foo\r\n" +
        "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
      417,
      "EXPECTATION_FAILED",
    ],
    CONNECT: ["CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", 405, "METHOD_NOT_ALLOWED"],
    "CONNECT behind a request": [
      "GET /health HTTP/1.1\r\nhost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
      405,
      "METHOD_NOT_ALLOWED",
    ],
  };
  for (const [name, [written, status, code]] of Object.entries(unmet)) {
    it(`get a problem: ${name}`, async () => {
      const answer = await exchange(api(), written);
      const [head = "", body = "{}"] = (answer.split(/(?=HTTP\/1\.1 \d{3} )/).at(-1) ?? "").split(
        "\r\n\r\n",
      );
      expect(head).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).to.match(/^content-type: application\/problem\+json/im);
      const [, requestId] = /^x-request-id: (.+)$/im.exec(head) ?? [];
      expect(JSON.parse(body)).to.include({ status, code, requestId });
    });
  }

  it("need no Host header with HTTP/1.0", async () => {
    expect(await exchange(api(), "GET /health HTTP/1.0\r\n\r\n")).to.match(/^HTTP\/1\.1 200 /);
  });

  it("get 431 when their headers are too large", async () => {
    const filler = `x-filler: ${"x".repeat(20_000)}`;
    const answer = await exchange(api(), `GET /concerts HTTP/1.1\r\nhost: a\r\n${filler}\r\n\r\n`);
    expect(answer)
      .to.match(/^HTTP\/1\.1 431 /)
      .and.include('"code":"HEADERS_TOO_LARGE"');
  });

  it("get an answer when their body never arrives", async () => {
    const token = api().accessToken(freshUserId());
    const answer = await exchange(
      api(),
      "PUT /api/v1/points/charge HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
        `authorization: Bearer ${token}\r\ncontent-length: 100\r\n\r\n{"amount":`,
    );
    expect(answer)
      .to.match(/^HTTP\/1\.1 (408|503) /)
      .and.include("application/problem+json");
  });

  it("get 413 when a chunked body is too large", async () => {
    const token = api().accessToken(freshUserId());
    const chunk = "x".repeat(0xffff);
    const answer = await exchange(
      api(),
      "PUT /api/v1/points/charge HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
        `authorization: Bearer ${token}\r\n` +
        "transfer-encoding: chunked\r\nconnection: close\r\n\r\n" +
        `ffff\r\n${chunk}\r\nffff\r\n${chunk}\r\n0\r\n\r\n`,
    );
    expect(answer)
      .to.match(/^HTTP\/1\.1 413 /)
      .and.include('"code":"BODY_TOO_LARGE"');
  });
});
