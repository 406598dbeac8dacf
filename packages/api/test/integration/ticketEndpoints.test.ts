import { countDurations } from "@onsale/core";
import { expect } from "chai";
import {
  activeBuyer,
  type Buyer,
  chargeBuyer,
  freshUserId,
  holdSeat,
  payHold,
  waitingBuyer,
} from "../support/buyer.ts";
import { type Answer, numberIn, textIn } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { expectDocumented } from "../support/expectDocumented.ts";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

describe("endpoints of queue, concerts and reservations in jwt mode", () => {
  const api = useTestApi();
  let sale: Sale;

  before("makes a sale", async () => {
    sale = await makeSale(api().core, 60);
  });

  const seatOf = (index: number): number => sale.seatIds[index] ?? 0;

  it("return the status of a queue to everybody, for a second of a proxy's cache", async () => {
    await activeBuyer(api());
    const path = "/api/v1/queues/main/status";
    const first = await api().call("GET", path);
    expectDocumented(first, "queueOverview");
    expect(first.headers.get("cache-control")).to.equal("public, max-age=1");
    const etag = first.headers.get("etag") ?? "";
    const same = await api().call("GET", path, { headers: { "if-none-match": etag } });
    expect(same.status).to.equal(304);
    expect(same.headers.get("cache-control")).to.equal("public, max-age=1");
    const unknown = await api().call("GET", "/api/v1/queues/nowhere/status");
    expect([unknown.status, unknown.code]).to.deep.equal([404, "QUEUE_NOT_FOUND"]);
    expect(unknown.headers.get("cache-control")).to.equal("no-store");
  });

  it("keep the place of a buyer who joins the queue again", async () => {
    const userId = freshUserId();
    const token = api().accessToken(userId);
    const first = await api().call("POST", "/api/v1/queue/tokens", { token, json: { userId } });
    expectDocumented(first, "joinQueue");
    expect(first.data.status).to.equal("WAITING");
    expect(first.data.queueOrder).to.equal(first.data.position);
    expect(first.data.remainingTime).to.equal(first.data.etaSeconds);
    const again = await api().call("POST", "/api/v1/queue/tokens", { token, json: {} });
    expect(again.data.position).to.equal(first.data.position);
    const byQueueToken = await api().call("POST", "/api/v1/queue/tokens", {
      token: textIn(first.data, "token"),
      json: {},
    });
    expect(byQueueToken.data.position).to.equal(first.data.position);
  });

  it("return the queue status by path and by token", async () => {
    const buyer = await waitingBuyer(api());
    const byPath = await api().call("GET", `/api/v1/queue/tokens/status/${buyer.userId}`, {
      token: buyer.accessToken,
    });
    expectDocumented(byPath, "queueStatusOfUser");
    const byToken = await api().call("GET", "/api/v1/queue/tokens/me", {
      token: buyer.queueToken,
    });
    expectDocumented(byToken, "myQueueStatus");
    expect(byToken.data.position).to.equal(byPath.data.position);
  });

  it("answer 304 while the place is unchanged, and 200 after a change", async () => {
    const buyer = await waitingBuyer(api());
    const path = "/api/v1/queue/tokens/me";
    const first = await api().call("GET", path, { token: buyer.queueToken });
    const etag = first.headers.get("etag") ?? "";
    expect(etag).to.match(/^W\/".+"$/);
    const headers = { "if-none-match": etag };
    const same = await api().call("GET", path, { token: buyer.queueToken, headers });
    expect(same.status).to.equal(304);
    expect(same.text).to.equal("");
    await api().promote();
    const changed = await api().call("GET", path, { token: buyer.queueToken, headers });
    expect(changed.status).to.equal(200);
    expect(changed.data.status).to.equal("ACTIVE");
    expect(changed.data.expiresAt).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it("let a waiting and an active buyer leave", async () => {
    for (const buyer of [await waitingBuyer(api()), await activeBuyer(api())]) {
      const left = await api().call("DELETE", "/api/v1/queue/tokens/me", {
        token: buyer.queueToken,
      });
      expect(left.status).to.equal(204);
      expect(left.text).to.equal("");
      const after = await api().call("GET", `/api/v1/queue/tokens/status/${buyer.userId}`, {
        token: buyer.accessToken,
      });
      expect([after.status, after.code]).to.deep.equal([404, "QUEUE_PLACE_NOT_FOUND"]);
    }
  });

  it("cancel only the unpaid holds of a buyer who leaves", async () => {
    const buyer = await activeBuyer(api());
    const [unpaid = 0, bought = 0, elsewhere = 0] = (await makeSale(api().core, 3)).seatIds;
    const reservationId = await holdSeat(api(), buyer, unpaid);
    await chargeBuyer(api(), buyer, SEAT_PRICE);
    const paidId = await holdSeat(api(), buyer, bought);
    expect((await payHold(api(), buyer, paidId)).status).to.equal(200);
    const other = await activeBuyer(api());
    const otherId = await holdSeat(api(), other, elsewhere);
    for (const _repeated of [1, 2]) {
      const left = await api().call("DELETE", "/api/v1/queue/tokens/me", {
        token: buyer.queueToken,
      });
      expect([left.status, left.text]).to.deep.equal([204, ""]);
    }
    const statusOf = async (id: number, { accessToken }: Buyer): Promise<unknown> =>
      (await api().call("GET", `/api/v1/reservations/${id}`, { token: accessToken })).data.status;
    expect(await statusOf(reservationId, buyer)).to.equal("CANCELLED");
    expect(await statusOf(paidId, buyer)).to.equal("CONFIRMED");
    expect(await statusOf(otherId, other)).to.equal("PENDING");
  });

  it("keep a later place of the buyer when the token of an earlier one is used", async () => {
    const buyer = await activeBuyer(api());
    const [seatId = 0] = (await makeSale(api().core, 1)).seatIds;
    const earlier = { token: buyer.queueToken };
    const me = "/api/v1/queue/tokens/me";
    expect((await api().call("DELETE", me, earlier)).status).to.equal(204);
    const rejoined = await api().call("POST", "/api/v1/queue/tokens", {
      token: buyer.accessToken,
      json: {},
    });
    expect(rejoined.status).to.equal(200);
    await api().promote();
    const later = { ...buyer, queueToken: String(rejoined.data.token) };
    const reservationId = await holdSeat(api(), later, seatId);
    expect((await api().call("DELETE", me, earlier)).status, "late repetition").to.equal(204);
    for (const [method, path, body] of [
      ["GET", me, undefined],
      ["POST", "/api/v1/concerts/reserve-seat", { seatId }],
    ] as const) {
      const { status, code } = await api().call(method, path, { ...earlier, json: body });
      expect([status, code], path).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
    }
    const place = await api().call("GET", me, { token: later.queueToken });
    expect(place.data.status).to.equal("ACTIVE");
    const held = await api().call("GET", `/api/v1/reservations/${reservationId}`, {
      token: buyer.accessToken,
    });
    expect(held.data.status).to.equal("PENDING");
  });

  it("refuse seats beyond a buyer's limit, and say how many the buyer has", async () => {
    const buyer = await activeBuyer(api());
    const { seatIds } = await makeSale(api().core, 9);
    const reserve = (seats: readonly number[]): Promise<Answer> =>
      api().call("POST", "/api/v1/concerts/reserve-seat", {
        token: buyer.queueToken,
        json: { seatIds: seats },
      });
    expect((await reserve(seatIds.slice(0, 4))).status).to.equal(200);
    expect((await reserve(seatIds.slice(4, 7))).status).to.equal(200);
    const refused = await reserve(seatIds.slice(7));
    expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_LIMIT_REACHED"]);
    const numbers = { seatsMax: 8, seatsHeld: 7, seatsPaid: 0, seatsRequested: 2 };
    expect(refused.body).to.include(numbers);
    expect(refused.body.detail).to.include("choose 1 or fewer");
    expect((await reserve(seatIds.slice(8))).status, "the eighth").to.equal(200);
  });

  it("list concerts without a token, with filters and page by page", async () => {
    const queueId = "paging";
    for (let count = 0; count < 3; count += 1) await makeSale(api().core, 1, queueId);
    const first = await api().call("GET", "/api/v1/concerts?limit=2&singer=locks");
    expectDocumented(first, "listConcerts");
    expect(first.data.concerts).to.have.length(2);
    const third = await api().call("GET", "/api/v1/concerts?limit=100&singer=locks");
    expect(third.text).to.include(`"queueId":"${queueId}"`).and.include('"queueId":"main"');
    const cursor = textIn(first.data, "nextCursor");
    const second = await api().call("GET", `/api/v1/concerts?limit=100&cursor=${cursor}`);
    expectDocumented(second, "listConcerts");
    expect(second.data.nextCursor).to.equal(null);
    const none = await api().call("GET", "/api/v1/concerts?concertName=nosuchconcert");
    expect(none.data.concerts).to.deep.equal([]);
    const past = await api().call("GET", "/api/v1/concerts?endDate=2001-01-01");
    expect(past.data.concerts).to.deep.equal([]);
    const ever = await api().call("GET", "/api/v1/concerts?limit=1&endDate=9999-12-31");
    expect(ever.data.concerts).to.have.length(1);
    const coming = await api().call("GET", "/api/v1/concerts?startDate=2001-01-01");
    expect(coming.data.concerts).to.not.deep.equal([]);
  });

  it("show dates and seats to an active buyer", async () => {
    const buyer = await activeBuyer(api());
    const token = buyer.queueToken;
    const dates = await api().call("GET", `/api/v1/concerts/${sale.concertId}/available-dates`, {
      token,
    });
    expectDocumented(dates, "availableDates");
    expect(dates.text).to.include(`"concertOptionId":${sale.performanceId}`);
    expect(dates.text).to.include('"queueId":"main"');
    const path = `/api/v1/concerts/${sale.performanceId}/available-seats`;
    const seats = await api().call("GET", path, { token });
    expectDocumented(seats, "availableSeats");
    expect(seats.data.concertOptionId).to.equal(sale.performanceId);
    expect(seats.data.since).to.equal(null);
  });

  it("list only the changes of the free seats to a client that names its version", async () => {
    const buyer = await activeBuyer(api());
    const token = buyer.queueToken;
    const { performanceId, seatIds } = await makeSale(api().core, 60);
    const path = `/api/v1/concerts/${performanceId}/available-seats`;
    const whole = await api().call("GET", path, { token });
    const version = textIn(whole.data, "version");
    expect(whole.headers.get("etag")).to.equal(`"${version}"`);
    const unchanged = { token, headers: { "if-none-match": `"${version}"` } };
    const known = await api().call("GET", path, unchanged);
    expect([known.status, known.text]).to.deep.equal([304, ""]);
    const same = await api().call("GET", `${path}?since=${version}`, { token });
    expectDocumented(same, "availableSeats");
    expect(same.data).to.deep.include({ version, since: version, seats: [], takenSeatIds: [] });
    const json = { seatId: seatIds[1] };
    const held = await api().call("POST", "/api/v1/concerts/reserve-seat", { token, json });
    expect(held.status).to.equal(200);
    const later = await eventually("the change of the list", async () => {
      const answer = await api().call("GET", path, unchanged);
      return answer.status === 200 ? answer : undefined;
    });
    const changes = await api().call("GET", `${path}?since=${version}`, { token });
    expect(changes.data).to.include({ version: later.data.version, since: version });
    expect(changes.data.takenSeatIds).to.deep.equal([seatIds[1]]);
    expect(changes.headers.get("etag")).to.equal(`"${version}-${later.data.version}"`);
    const unknown = await api().call("GET", `${path}?since=AAAAAAAAAAAAAAAA`, { token });
    expect(unknown.data).to.deep.equal(later.data);
  });

  it("hold several seats, and read, list and cancel the reservation", async () => {
    const buyer = await activeBuyer(api());
    const held = await api().call("POST", "/api/v1/concerts/reserve-seat", {
      token: buyer.queueToken,
      json: { seatIds: [seatOf(1), seatOf(0)], userId: buyer.userId },
    });
    expectDocumented(held, "reserveSeat");
    expect(held.data.amount).to.equal(2 * SEAT_PRICE);
    const performance = await api().core.catalog.findPerformance(null, sale.performanceId);
    const show = {
      ...{ concertId: sale.concertId, concertOptionId: sale.performanceId },
      ...{ title: "Rush", singer: "The Locks", concertVenue: "Hall" },
      startsAt: `${performance?.startsAt.toISOString().slice(0, 19)}Z`,
      timeZone: "UTC",
    };
    expect(held.data).to.include(show);
    const path = `/api/v1/reservations/${numberIn(held.data, "reservationId")}`;
    const token = buyer.accessToken;
    const found = await api().call("GET", path, { token });
    expectDocumented(found, "findReservation");
    expect(found.data).to.include({ status: "PENDING", ...show });
    const list = await api().call("GET", "/api/v1/users/me/reservations", { token });
    expectDocumented(list, "myReservations");
    expect(list.data.reservations).to.deep.equal([found.data]);
    const cancelled = await api().call("DELETE", path, { token });
    expectDocumented(cancelled, "cancelReservation");
    const after = await api().call("GET", path, { token });
    expect(after.data.status).to.equal("CANCELLED");
  });

  it("repeat the answer for the same key, and refuse the key for other seats", async () => {
    const buyer = await activeBuyer(api());
    const send = (seatId: number): Promise<Answer> =>
      api().call("POST", "/api/v1/concerts/reserve-seat", {
        token: buyer.queueToken,
        json: { seatId },
        headers: { "idempotency-key": "hold-once" },
      });
    const holdCount = () => countDurations(api().activity.take().holds.accepted);
    const before = holdCount();
    const first = await send(seatOf(2));
    const second = await send(seatOf(2));
    expect(holdCount() - before, "a replay counts as no hold").to.equal(1);
    expect(first.headers.get("idempotency-replayed")).to.equal(null);
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect(second.data).to.deep.equal(first.data);
    const other = await send(seatOf(3));
    expect([other.status, other.code]).to.deep.equal([422, "IDEMPOTENCY_KEY_REUSED"]);
  });

  it("create a user with a valid access token while the development issuer is on", async () => {
    const created = await api().call("POST", "/api/v1/users", { json: { name: "Ada" } });
    expectDocumented(created, "createUser");
    const userId = numberIn(created.data, "userId");
    const balance = await api().call("GET", `/api/v1/points/current/${userId}`, {
      token: textIn(created.data, "accessToken"),
    });
    expect(balance.data.currentPoints).to.equal(0);
  });
});
