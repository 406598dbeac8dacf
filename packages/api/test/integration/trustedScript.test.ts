import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { type Answer, callApi, numberIn, textIn } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { newTestFixture, type TestFixture } from "../support/testFixture.ts";

const USER_ID = 42;

describe("a script of a third party in trusted mode", () => {
  let fixture: TestFixture;
  let server: RunningServer;
  let sale: Sale;

  before("starts API and worker in one process", async () => {
    fixture = await newTestFixture({ AUTH_MODE: "trusted", QUEUE_PROMOTE_MS: "50" });
    server = await startServer(fixture.config, { role: "all" });
    sale = await makeSale(server.core, 20);
  });

  after("stops the process", async () => {
    await server.close();
    await fixture.drop();
  });

  const json = { "content-type": "application/json" };

  async function send(
    method: string,
    path: string,
    body?: object,
    token?: string,
  ): Promise<Answer> {
    const headers = token === undefined ? json : { ...json, authorization: `Bearer ${token}` };
    const given = body === undefined ? {} : { json: body };
    const answer = await callApi(server.url, method, path, { headers, ...given });
    expect(answer.status, `${method} ${path}: ${answer.text}`).to.equal(200);
    return answer;
  }

  it("joins, waits, holds and pays without the prefix, with its first queue token", async () => {
    const joined = await send("POST", "/queue/tokens", { userId: USER_ID });
    const token = textIn(joined.data, "token");
    await eventually("the turn", async () => {
      const status = await send("GET", `/queue/tokens/status/${USER_ID}`, undefined, token);
      return status.data.status === "ACTIVE" ? true : undefined;
    });
    await send("GET", "/concerts", undefined, token);
    await send("GET", `/concerts/${sale.concertId}/available-dates`, undefined, token);
    const path = `/concerts/${sale.performanceId}/available-seats`;
    const seats = await send("GET", path, undefined, token);
    expect(seats.data.seats).to.have.length(20);
    const seatId = sale.seatIds[0];
    const held = await send("POST", "/concerts/reserve-seat", { seatId, userId: USER_ID }, token);
    const reservationId = numberIn(held.data, "reservationId");
    const charge = { userId: USER_ID, amount: 5 * SEAT_PRICE };
    const charged = await send("PUT", "/points/charge", charge, token);
    expect(charged.data.currentPoints).to.equal(5 * SEAT_PRICE);
    await send("GET", `/points/current/${USER_ID}`, undefined, token);
    const paid = await send("POST", "/payment/pay", { reservationId }, token);
    expect(paid.data).to.include({ status: "CAPTURED", price: SEAT_PRICE });
    const balance = await send("GET", `/points/current/${USER_ID}`);
    expect(balance.data.currentPoints).to.equal(4 * SEAT_PRICE);
  });

  it("acts as the user of the gateway's header, or else as the userId of the body", async () => {
    const charge = (headers: Record<string, string>, body: object): Promise<Answer> =>
      callApi(server.url, "PUT", "/points/charge", { headers, json: body });
    const believed = await charge({}, { userId: 7, amount: 10 });
    expect(believed.data.currentPoints).to.equal(10);
    const byHeader = await charge({ "x-user-id": "7" }, { amount: 5 });
    expect(byHeader.data.currentPoints).to.equal(15);
    const foreign = await charge({ "x-user-id": "8" }, { userId: 7, amount: 5 });
    expect([foreign.status, foreign.code]).to.deep.equal([403, "FOREIGN_USER"]);
    const unnamed = await charge({}, { amount: 5 });
    expect([unnamed.status, unnamed.code]).to.deep.equal([400, "INVALID_REQUEST"]);
    const broken = await charge({ "x-user-id": "seven" }, { amount: 5 });
    expect([broken.status, broken.code]).to.deep.equal([400, "INVALID_REQUEST"]);
  });

  it("is refused without the queue token of the user that it names", async () => {
    const body = { seatId: sale.seatIds[1], userId: 9 };
    const without = await callApi(server.url, "POST", "/concerts/reserve-seat", { json: body });
    expect([without.status, without.code]).to.deep.equal([401, "QUEUE_TOKEN_REQUIRED"]);
    const joined = await send("POST", "/queue/tokens", { userId: 8 });
    const foreign = await callApi(server.url, "POST", "/concerts/reserve-seat", {
      json: body,
      token: textIn(joined.data, "token"),
    });
    expect([foreign.status, foreign.code]).to.deep.equal([403, "FOREIGN_USER"]);
  });
});
