import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { type Answer, callApi, textIn } from "../support/callApi.ts";
import { recordingLog } from "../support/recordingLog.ts";

const REQUESTS = 40;

/** Enough requests that some arrive while the first is still at work, on every stack. */
describe("parallel requests to an embedded process", () => {
  let server: RunningServer;
  let charge: (key?: string) => Promise<Answer>;

  async function start(env: Record<string, string> = {}): Promise<void> {
    const config = readConfig({ STACK: "embedded", PORT: "0", ...env });
    server = await startServer(config, { log: recordingLog() });
    const created = await callApi(server.url, "POST", "/api/v1/users", { json: { name: "Ada" } });
    const token = textIn(created.data, "accessToken");
    charge = (key) =>
      callApi(server.url, "PUT", "/api/v1/points/charge", {
        token,
        json: { amount: 5 },
        ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
      });
  }
  afterEach(() => server.close());

  const sendMany = (key?: string) =>
    Promise.all(Array.from({ length: REQUESTS }, () => charge(key)));
  const countOf = (answers: readonly Answer[], code: string) =>
    answers.filter((answer) => answer.code === code).length;

  it("with one key wait for the answer of the first, and make one charge", async () => {
    await start();
    const answers = await sendMany("one");
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(REQUESTS).fill(200));
    const points = new Set(answers.map(({ data }) => JSON.stringify(data)));
    expect([...points]).to.deep.equal([JSON.stringify({ currentPoints: 5 })]);
  });

  it("get IDEMPOTENCY_IN_PROGRESS while the first runs, when no request is grouped", async () => {
    await start({ TRANSACTION_GROUP_MAX: "1" });
    const answers = await sendMany("one");
    expect(countOf(answers, "IDEMPOTENCY_IN_PROGRESS")).to.be.above(0);
    expect(answers.some(({ status }) => status === 200)).to.equal(true);
  });

  it("get OVERLOADED while every slot is taken", async () => {
    await start({ IN_FLIGHT_MAX: "3" });
    const answers = await sendMany();
    expect(countOf(answers, "OVERLOADED")).to.be.above(0);
  });
});
