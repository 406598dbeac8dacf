import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { signAdminToken } from "../../src/auth/adminToken.ts";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi, numberIn } from "../support/callApi.ts";
import { recordingLog } from "../support/recordingLog.ts";

const SECRET = "only-for-admins-0123456789-0123456789";
const HALL = {
  startsAt: "2031-05-06T19:30:00+09:00",
  venue: "Hall",
  sections: [{ name: "Floor", price: 150, rows: { A: "1-4,4A" } }],
};
const CONCERT = { title: "Rush", singer: "Ada", performances: [HALL] };

describe("an Idempotency-Key on the admin endpoints", () => {
  let server: RunningServer;
  const token = (operator: string) =>
    signAdminToken(SECRET, { operator, role: "operator", ttlMs: 3_600_000 });
  const post = (path: string, key: string, json: object, operator = "mina") =>
    callApi(server.url, "POST", `/api/v1${path}`, {
      ...{ token: token(operator), json, headers: { "idempotency-key": key } },
    });
  const create = (key: string, json: object = CONCERT, operator = "mina") =>
    post("/concerts", key, json, operator);
  const concerts = () => server.core.catalog.listConcerts(null, { limit: 100 });

  beforeEach("starts a server", async () => {
    const config = readConfig({
      ...{ STACK: "embedded", PORT: "0", LOG_LEVEL: "silent", DEV_ISSUER: "true" },
      ADMIN_JWT_SECRET: SECRET,
    });
    server = await startServer(config, { log: recordingLog() });
  });
  afterEach("stops the server", () => server.close());

  it("creates one concert for the same key and body, and answers the same", async () => {
    const first = await create("one");
    const again = await create("one");
    expect([first.status, again.status]).to.deep.equal([201, 201]);
    expect(again.text).to.equal(first.text);
    expect(first.headers.has("idempotency-replayed")).to.equal(false);
    expect(again.headers.get("idempotency-replayed")).to.equal("true");
    expect(await concerts()).to.have.length(1);
    const records = await server.core.operations.listAudit(null, { max: 10 });
    expect(records).to.have.length(1);
    expect(records[0]?.operator).to.include({ name: "mina", command: "POST /concerts" });
  });

  it("refuses the key with another body, and accepts it from another operator", async () => {
    await create("one");
    const other = await create("one", { ...CONCERT, title: "Another" });
    expect([other.status, other.code]).to.deep.equal([422, "IDEMPOTENCY_KEY_REUSED"]);
    expect(await concerts()).to.have.length(1);
    expect((await create("one", CONCERT, "ben")).status).to.equal(201);
    expect(await concerts()).to.have.length(2);
  });

  it("creates one concert for parallel requests, which all get its ids", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create("one")));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
    expect(answers[0]?.status).to.equal(201);
    expect(await concerts()).to.have.length(1);
  });

  it("is unused after a refusal, and is refused in another form", async () => {
    await create("first");
    const settings = { activeCountMax: 4 };
    const refused = await create("one", { ...CONCERT, queue: { id: "main", settings } });
    expect([refused.status, refused.code]).to.deep.equal([400, "INVALID_INPUT"]);
    expect((await create("one")).status).to.equal(201);
    const spaced = await create("a b");
    expect([spaced.status, spaced.code]).to.deep.equal([400, "IDEMPOTENCY_KEY_INVALID"]);
  });

  it("adds one performance", async () => {
    const concertId = numberIn((await create("one")).data, "concertId");
    const add = (to: number) => post(`/concerts/${to}/performances`, "one", HALL);
    const [first, again] = [await add(concertId), await add(concertId)];
    expect([first.status, again.text]).to.deep.equal([201, first.text]);
    expect(await server.core.catalog.performancesOf(null, concertId)).to.have.length(2);
    const elsewhere = numberIn((await create("two")).data, "concertId");
    expect((await add(elsewhere)).code).to.equal("IDEMPOTENCY_KEY_REUSED");
  });
});
