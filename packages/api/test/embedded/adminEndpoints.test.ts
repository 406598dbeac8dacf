import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { signAdminToken } from "../../src/auth/adminToken.ts";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi, numberIn, textIn } from "../support/callApi.ts";
import { recordingLog } from "../support/recordingLog.ts";

const ADMIN_SECRET = "only-for-admins-0123456789-0123456789";
const BUYER_SECRET = "only-for-buyers-0123456789-0123456789";
const HOUR_MS = 3_600_000;
const CONCERT = {
  title: "Rush",
  singer: "Ada",
  queue: { id: "vip", settings: { activeCountMax: 3 } },
  performances: [
    {
      startsAt: "2031-05-06T19:30:00+09:00",
      venue: "Hall",
      sections: [{ name: "Floor", price: 150, rows: { A: "1-4,4A" } }],
    },
  ],
};

describe("the admin endpoints", () => {
  let server: RunningServer;
  const servers: RunningServer[] = [];
  const token = (role: "viewer" | "operator" = "operator", ttlMs = HOUR_MS) =>
    signAdminToken(ADMIN_SECRET, { operator: "mina", role, ttlMs });
  const as = (given: string | undefined, base = server.url) => {
    return (method: string, path: string, json?: unknown) =>
      callApi(base, method, `/api/v1${path}`, { token: given, json });
  };

  async function start(env: Record<string, string> = {}): Promise<RunningServer> {
    const config = readConfig({
      ...{ STACK: "embedded", PORT: "0", LOG_LEVEL: "silent", DEV_ISSUER: "true" },
      ...{ ADMIN_JWT_SECRET: ADMIN_SECRET, AUTH_JWT_SECRET: BUYER_SECRET, ...env },
    });
    const started = await startServer(config, { log: recordingLog() });
    servers.push(started);
    return started;
  }
  async function buyerToken(base = server.url): Promise<string> {
    const { data } = await callApi(base, "POST", "/api/v1/users", { json: { name: "Ada" } });
    return textIn(data, "accessToken");
  }

  beforeEach("starts a server", async () => {
    server = await start();
  });
  afterEach("stops the servers", async () => {
    for (const one of servers.splice(0)) await one.close();
  });

  it("create a concert that a buyer then finds, and add a performance", async () => {
    const call = as(token());
    const created = await call("POST", "/concerts", CONCERT);
    expect(created.status).to.equal(201);
    const concertId = numberIn(created.data, "concertId");
    const added = await call("POST", `/concerts/${concertId}/performances`, {
      ...CONCERT.performances[0],
      venue: "Dome",
    });
    expect(added.status).to.equal(201);
    const found = await call("GET", "/concerts");
    expect(found.data.concerts).to.have.nested.property("[0].availableSeats", 10);
    const audit = await call("GET", "/admin/audit");
    expect(audit.data.records)
      .to.have.nested.property("[1]")
      .that.includes({ operation: "concert.create", operator: "mina", outcome: "DONE" });
  });

  it("plan, execute, audit and undo an operation", async () => {
    const call = as(token());
    await call("POST", "/concerts", CONCERT);
    const input = { queueId: "vip", settings: { mode: "paused" } };
    const planned = await call("POST", "/admin/operations/queue.configure/plans", { input });
    expect(planned.status).to.equal(201);
    expect(planned.data).to.deep.include({ confirmation: null });
    const modes = async () => {
      const { data } = await call("GET", "/admin/queues");
      return data.queues;
    };
    expect(await modes()).to.have.nested.property("[0].settings.mode", "open");
    const jobId = textIn(planned.data, "jobId");
    const done = await call("POST", `/admin/jobs/${jobId}/execute`, { reason: "a pause" });
    expect(done.status).to.equal(200);
    expect(done.data).to.include({ status: "DONE", changed: 1, isRepetition: false });
    expect(await modes()).to.have.nested.property("[0].settings.mode", "paused");
    const again = await call("POST", `/admin/jobs/${jobId}/execute`, {});
    expect(again.data).to.include({ isRepetition: true });

    const shown = await call("GET", `/admin/jobs/${jobId}`);
    expect(shown.data).to.have.nested.property("runs[0].reason", "a pause");
    const auditId = numberIn(done.data, "auditId");
    expect((await call("GET", `/admin/audit/${auditId}`)).data).to.have.nested.property(
      "record.before.mode",
      "open",
    );
    const undo = await call("POST", `/admin/audit/${auditId}/undo-plans`);
    expect(undo.status).to.equal(201);
    await call("POST", `/admin/jobs/${textIn(undo.data, "jobId")}/execute`, {});
    expect(await modes()).to.have.nested.property("[0].settings.mode", "open");
    const jobs = await call("GET", "/admin/jobs?status=DONE&limit=2");
    expect(jobs.data.jobs).to.have.length(2);
  });

  it("refuse a dangerous job without its confirmation and reason", async () => {
    const call = as(token());
    await call("POST", "/concerts", CONCERT);
    const buyer = await buyerToken();
    await as(buyer)("POST", "/queue/tokens", { queueId: "vip" });
    const places = await call("GET", "/admin/queues/vip/places?status=WAITING");
    expect(places.status).to.equal(200);
    const plans = "/admin/operations/queue.revoke/plans";
    const planned = await call("POST", plans, { input: { queueId: "vip" } });
    const run = `/admin/jobs/${textIn(planned.data, "jobId")}/execute`;
    expect((await call("POST", run, {})).code).to.equal("CONFIRMATION_REQUIRED");
    expect((await call("POST", run, { confirm: "vip" })).code).to.equal("REASON_REQUIRED");
    const done = await call("POST", run, { confirm: "vip", reason: "tokens leaked" });
    expect(done.data).to.include({ status: "DONE" });
  });

  it("stop a job before the time of its request ends", async () => {
    server = await start({ REQUEST_TIMEOUT_MS: "2000" });
    const call = as(token());
    await call("POST", "/concerts", CONCERT);
    await as(await buyerToken())("POST", "/queue/tokens", { queueId: "vip" });
    const input = { queueId: "vip", discardWaiting: false };
    const planned = await call("POST", "/admin/operations/queue.drain/plans", { input });
    const run = `/admin/jobs/${textIn(planned.data, "jobId")}/execute`;
    const stopped = await call("POST", run, {});
    expect(stopped.data).to.deep.include({ status: "STOPPED" });
    expect(stopped.data).to.have.nested.property("stopped.reason", "timeout");
  });

  it("answer wrong input with its mistakes, and unknown names with 404", async () => {
    const call = as(token());
    const broken = await call("POST", "/concerts", { ...CONCERT, title: " ", colour: "red" });
    expect(broken.status).to.equal(400);
    expect(JSON.stringify(broken.body.errors)).to.include("body.title").and.include("colour");
    const plans = "/admin/operations/queue.promote/plans";
    const wrong = await call("POST", plans, { input: { queueId: "vip" } });
    expect([wrong.status, wrong.code]).to.deep.equal([400, "INVALID_INPUT"]);
    for (const [method, path, code] of [
      ["POST", "/admin/operations/queue.burn/plans", "OPERATION_NOT_FOUND"],
      ["GET", "/admin/jobs/019a0e52-7c1f-7000-8000-000000000001", "JOB_NOT_FOUND"],
      ["GET", "/admin/audit/999", "AUDIT_RECORD_NOT_FOUND"],
      ["GET", "/admin/queues/nowhere/places", "QUEUE_NOT_FOUND"],
    ] as const) {
      const answer = await call(method, path, method === "POST" ? { input: {} } : undefined);
      expect([answer.status, answer.code], path).to.deep.equal([404, code]);
    }
  });

  describe("for a request without a valid admin token", () => {
    const forged = (secret: string, claims: object, audience: string | undefined) =>
      createSigner({
        ...{ key: secret, algorithm: "HS256" as const },
        ...("exp" in claims ? {} : { expiresIn: HOUR_MS }),
        ...(audience === undefined ? {} : { aud: audience }),
      })({ sub: "mina", role: "operator", ...claims });
    const withoutExpiry = () =>
      createSigner({ key: ADMIN_SECRET, algorithm: "HS256", aud: "onsale-admin" })({
        ...{ sub: "mina", role: "operator" },
      });
    const unsigned = () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const exp = Math.floor(Date.now() / 1000) + 3600;
      const claims = { sub: "mina", role: "operator", aud: "onsale-admin", exp };
      return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
    };
    const cases: readonly (readonly [
      string,
      () => string | Promise<string> | undefined,
      string,
    ])[] = [
      ["no token", () => undefined, "AUTHENTICATION_REQUIRED"],
      ["a buyer's access token", () => buyerToken(), "TOKEN_KIND_WRONG"],
      [
        "a buyer's queue token",
        async () => {
          const { data } = await as(await buyerToken())("POST", "/queue/tokens", {});
          return textIn(data, "token");
        },
        "TOKEN_KIND_WRONG",
      ],
      ["an expired token", () => token("operator", -HOUR_MS), "ADMIN_TOKEN_INVALID"],
      ["another audience", () => forged(ADMIN_SECRET, {}, "onsale"), "TOKEN_KIND_WRONG"],
      ["no audience", () => forged(ADMIN_SECRET, {}, undefined), "TOKEN_KIND_WRONG"],
      ["the buyers' secret", () => forged(BUYER_SECRET, {}, "onsale-admin"), "ADMIN_TOKEN_INVALID"],
      [
        "an unknown role",
        () => forged(ADMIN_SECRET, { role: "root" }, "onsale-admin"),
        "ADMIN_TOKEN_INVALID",
      ],
      ["no expiry", withoutExpiry, "ADMIN_TOKEN_INVALID"],
      [
        "a time of issue in years",
        () => forged(ADMIN_SECRET, { iat: 4_102_440_000, exp: 4_102_444_800 }, "onsale-admin"),
        "ADMIN_TOKEN_INVALID",
      ],
      [
        "an operator with a control character in the name",
        () => forged(ADMIN_SECRET, { sub: "mi\u001b[31mna" }, "onsale-admin"),
        "ADMIN_TOKEN_INVALID",
      ],
      ["no signature", unsigned, "ADMIN_TOKEN_INVALID"],
    ];
    for (const [what, make, code] of cases) {
      it(`refuse ${what} with 401`, async () => {
        const call = as(await make());
        for (const [method, path, body] of [
          ["GET", "/admin/operations", undefined],
          ["GET", "/admin/audit", undefined],
          ["POST", "/concerts", CONCERT],
          ["POST", "/admin/operations/queue.configure/plans", { input: {} }],
        ] as const) {
          const answer = await call(method, path, body);
          expect([answer.status, answer.code], path).to.deep.equal([401, code]);
        }
        expect(await server.core.catalog.listConcerts(null, { limit: 1 })).to.deep.equal([]);
      });
    }

    it("let a viewer read, and refuse its changes with 403", async () => {
      const call = as(token("viewer"));
      expect((await call("GET", "/admin/operations")).status).to.equal(200);
      const created = await call("POST", "/concerts", CONCERT);
      expect([created.status, created.code]).to.deep.equal([403, "ADMIN_ROLE_FORBIDDEN"]);
    });

    it("refuse a buyer also where a gateway names the user", async () => {
      server = await start({ AUTH_MODE: "trusted" });
      const answer = await callApi(server.url, "GET", "/api/v1/admin/operations", {
        headers: { "x-user-id": "1" },
      });
      expect([answer.status, answer.code]).to.deep.equal([401, "AUTHENTICATION_REQUIRED"]);
    });

    it("accept an admin token on no endpoint of buyers", async () => {
      for (const [method, path] of [
        ["GET", "/points/history"],
        ["POST", "/queue/tokens"],
        ["GET", "/queue/tokens/me"],
      ] as const) {
        const numeric = signAdminToken(ADMIN_SECRET, {
          ...{ operator: "1", role: "operator", ttlMs: HOUR_MS },
        });
        const answer = await as(numeric)(method, path, method === "POST" ? {} : undefined);
        expect(answer.status, path).to.equal(401);
      }
    });
  });

  describe("with a separate ADMIN_PORT", () => {
    beforeEach("starts a server with two ports", async () => {
      server = await start({ ADMIN_PORT: "0" });
    });

    it("are served there and not on the port of buyers", async () => {
      const { adminUrl = "" } = server;
      const there = await as(token(), adminUrl)("POST", "/concerts", CONCERT);
      expect(there.status).to.equal(201);
      for (const path of ["/admin/operations", "/admin/queues", "/admin/audit"]) {
        const answer = await as(token())("GET", path);
        expect([answer.status, answer.code], path).to.deep.equal([404, "ROUTE_NOT_FOUND"]);
      }
      const here = await as(token())("POST", "/concerts", CONCERT);
      expect([here.status, here.code]).to.deep.equal([405, "METHOD_NOT_ALLOWED"]);
    });

    it("serve nothing of the buyers' endpoints there", async () => {
      const { adminUrl = "" } = server;
      const buyer = await buyerToken();
      const join = await as(buyer, adminUrl)("POST", "/queue/tokens", {});
      expect([join.status, join.code]).to.deep.equal([404, "ROUTE_NOT_FOUND"]);
      const admin = await as(buyer, adminUrl)("GET", "/admin/operations");
      expect([admin.status, admin.code]).to.deep.equal([401, "TOKEN_KIND_WRONG"]);
    });

    it("are closed with the server", async () => {
      const { adminUrl = "" } = server;
      await server.close();
      const refused = await fetch(`${adminUrl}/api/v1/admin/operations`).catch((error) => error);
      expect(refused).to.be.instanceOf(TypeError);
    });
  });

  it("do not exist without ADMIN_JWT_SECRET", async () => {
    server = await start({ ADMIN_JWT_SECRET: "" });
    const answer = await as(token())("GET", "/admin/operations");
    expect([answer.status, answer.code]).to.deep.equal([404, "ROUTE_NOT_FOUND"]);
  });
});
