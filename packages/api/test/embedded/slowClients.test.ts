import { expect } from "chai";
import { type Answer, callApi, textIn } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { statusesIn } from "../support/rawConnection.ts";
import { useImpatientServer } from "../support/useImpatientServer.ts";

const CHARGE = '{"amount":5}';

interface Head {
  readonly token?: string;
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  readonly contentLength?: number | undefined;
  readonly headers?: readonly string[];
}

/** The head of a charge, unless a test wants another request. */
function head(options: Head): string {
  const { method = "PUT", path = "/api/v1/points/charge", version = "1.1", token } = options;
  const length = "contentLength" in options ? options.contentLength : CHARGE.length;
  return [
    `${method} ${path} HTTP/${version}`,
    "host: a",
    "content-type: application/json",
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(length === undefined ? [] : [`content-length: ${length}`]),
    ...(options.headers ?? []),
    "\r\n",
  ].join("\r\n");
}

describe("slow and silent clients", () => {
  const { server, start, open, openMany } = useImpatientServer();

  async function newUser(): Promise<string> {
    const created = await callApi(server().url, "POST", "/api/v1/users", { json: { name: "Ada" } });
    return textIn(created.data, "accessToken");
  }

  const charge = (token: string): Promise<Answer> =>
    callApi(server().url, "PUT", "/api/v1/points/charge", { token, json: { amount: 5 } });

  async function gauge(name: string): Promise<number> {
    const { text } = await callApi(server().url, "GET", "/metrics");
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
  }

  describe("that never send the rest of a body", () => {
    it("get one answer, lose the connection, and take no slot", async () => {
      await start({ IN_FLIGHT_MAX: "4", OPEN_REQUESTS_USER_MAX: "8" });
      const token = await newUser();
      for (const _round of [1, 2, 3]) {
        const slow = await openMany(4, `${head({ token })}{`);
        const answers = await Promise.all(slow.map(({ ended }) => ended));
        for (const answer of answers) {
          expect(statusesIn(answer)).to.deep.equal([408]);
          expect(answer).to.include('"code":"REQUEST_TIMEOUT"');
          expect(answer).to.match(/^connection: close\r$/im);
        }
        for (const { socket } of slow) socket.destroy();
      }
      expect(await gauge("onsale_http_requests_in_flight")).to.equal(0);
      expect((await charge(token)).status).to.equal(200);
    });

    it("get no second answer while they leave the connection open", async () => {
      await start();
      const slow = await open(`${head({ token: await newUser() })}{`);
      await slow.ended;
      await eventually("the end of the connection", async () =>
        (await gauge("onsale_http_connections")) === 1 ? true : undefined,
      );
      expect(statusesIn(slow.received())).to.deep.equal([408]);
    });

    it("take no slot while the server waits for their bodies", async () => {
      await start({ IN_FLIGHT_MAX: "2" });
      const [slow, other] = [await newUser(), await newUser()];
      const bodies = await openMany(8, head({ token: slow, headers: ["expect: 100-continue"] }));
      await Promise.all(bodies.map(({ matched }) => matched(/ 100 Continue/)));
      expect(await gauge("onsale_http_requests_in_flight")).to.equal(0);
      expect((await charge(other)).status).to.equal(200);
    });

    it("are refused while their user has too many open requests, unlike other users", async () => {
      await start({ OPEN_REQUESTS_USER_MAX: "3" });
      const [slow, other] = [await newUser(), await newUser()];
      const bodies = await openMany(3, head({ token: slow, headers: ["expect: 100-continue"] }));
      await Promise.all(bodies.map(({ matched }) => matched(/ 100 Continue/)));
      const refused = await charge(slow);
      expect([refused.status, refused.code]).to.deep.equal([429, "TOO_MANY_OPEN_REQUESTS"]);
      expect(refused.headers.get("retry-after")).to.equal("1");
      expect((await charge(other)).status).to.equal(200);
      bodies[0]?.socket.write(CHARGE);
      expect(statusesIn((await bodies[0]?.matched(/currentPoints/)) ?? "")).to.deep.equal([200]);
      expect((await charge(slow)).status, "after one ended").to.equal(200);
    });

    it("are refused while their address has too many open requests, unlike probes", async () => {
      await start({ OPEN_REQUESTS_ADDRESS_MAX: "3" });
      const anonymous = head({
        method: "POST",
        path: "/api/v1/users",
        headers: ["expect: 100-continue"],
      });
      const bodies = await openMany(3, anonymous);
      await Promise.all(bodies.map(({ matched }) => matched(/ 100 Continue/)));
      const refused = await callApi(server().url, "GET", "/api/v1/concerts");
      expect([refused.status, refused.code]).to.deep.equal([429, "TOO_MANY_OPEN_REQUESTS"]);
      expect((await callApi(server().url, "GET", "/health/ready")).status).to.equal(200);
      await Promise.all(bodies.map(({ ended }) => ended));
      expect((await callApi(server().url, "GET", "/api/v1/concerts")).status).to.equal(200);
    });

    it("use up their allowance with invalid requests", async () => {
      await start({ RATE_LIMIT_USER_PER_SECOND: "3" });
      const token = await newUser();
      const json = { amount: "many" };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          callApi(server().url, "PUT", "/api/v1/points/charge", { token, json }),
        ),
      );
      expect(answers.map(({ status }) => status)).to.include.members([400, 429]);
    });

    it("use up their allowance before the server reads the body", async () => {
      await start({ RATE_LIMIT_USER_PER_SECOND: "1" });
      const token = await newUser();
      const bodies = await openMany(4, `${head({ token })}{`);
      const answers = await Promise.all(bodies.map(({ ended }) => ended));
      const statuses = answers.flatMap(statusesIn).sort();
      expect(statuses).to.have.length(4);
      expect(statuses).to.include.members([408, 429]);
    });

    it("leave no slot taken after they disconnect in the middle of a body", async () => {
      await start({ IN_FLIGHT_MAX: "2", OPEN_REQUESTS_USER_MAX: "2" });
      const token = await newUser();
      for (const _round of [1, 2, 3]) {
        const bodies = await openMany(2, head({ token, headers: ["expect: 100-continue"] }));
        await Promise.all(bodies.map(({ matched }) => matched(/ 100 Continue/)));
        for (const { socket } of bodies) socket.resetAndDestroy();
        await eventually("the end of the connections", async () =>
          (await gauge("onsale_http_connections")) === 1 ? true : undefined,
        );
      }
      expect((await charge(token)).status).to.equal(200);
    });

    const stalls: Readonly<Record<string, (token: string) => string>> = {
      "a chunked body": (token) =>
        `${head({ token, contentLength: undefined, headers: ["transfer-encoding: chunked"] })}` +
        '4\r\n{"am',
      "HTTP/1.0": (token) => `${head({ token, version: "1.0" })}{`,
      "Expect: 100-continue": (token) => head({ token, headers: ["expect: 100-continue"] }),
      "an Upgrade": (token) =>
        `${head({ token, headers: ["connection: upgrade", "upgrade: websocket"] })}{`,
    };
    for (const [name, writtenBy] of Object.entries(stalls)) {
      it(`get one answer with ${name}`, async () => {
        await start();
        const slow = await open(writtenBy(await newUser()));
        expect(statusesIn(await slow.ended)).to.deep.equal([408]);
      });
    }

    it("get the answers to earlier requests on the same connection", async () => {
      await start();
      const token = await newUser();
      const slow = await open(
        `${head({ token })}${CHARGE}GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n${head({ token })}`,
      );
      expect(statusesIn(await slow.ended)).to.deep.equal([200, 200, 408]);
    });
  });

  describe("that get an answer before their body has arrived", () => {
    const early: Readonly<Record<string, readonly [Head, number]>> = {
      "no token": [{}, 401],
      "a type that is not JSON": [{ headers: ["content-encoding: gzip"] }, 415],
      "a length beyond the bound": [{ contentLength: 1_000_000 }, 413],
      "an unknown path": [{ path: "/nowhere" }, 404],
      "an unknown method": [{ method: "DELETE" }, 405],
      "an endpoint that reads no body": [{ method: "GET", path: "/api/v1/concerts" }, 200],
      "a probe": [{ method: "GET", path: "/health/live" }, 200],
    };
    for (const [name, [options, status]] of Object.entries(early)) {
      it(`get one answer with ${name}, and the connection then ends`, async () => {
        await start();
        const token = status === 401 ? undefined : await newUser();
        const slow = await open(`${head({ ...options, ...(token ? { token } : {}) })}{`);
        const answer = await slow.ended;
        expect(statusesIn(answer)).to.deep.equal([status]);
        expect(answer).to.match(/^connection: close\r$/im);
      });
    }

    it("can read the answer while they are still sending the body", async () => {
      await start();
      const token = await newUser();
      const body = "x".repeat(8_000_000);
      const sending = await open(`${head({ token, contentLength: body.length })}${body}`);
      const answer = await sending.ended;
      expect(statusesIn(answer)).to.deep.equal([413]);
      expect(answer).to.include('"code":"BODY_TOO_LARGE"').and.match(/\}$/);
    });

    it("cannot send another request behind the unread body", async () => {
      await start();
      const token = await newUser();
      const sending = await open(head({ contentLength: 1 }));
      await sending.ended;
      sending.socket.write(`{${head({ token })}${CHARGE}`);
      await eventually("the end of the connection", async () =>
        (await gauge("onsale_http_connections")) === 1 ? true : undefined,
      );
      expect(statusesIn(sending.received())).to.deep.equal([401]);
      const { data } = await charge(token);
      expect(data).to.deep.equal({ currentPoints: 5 });
    });
  });
});
