import { createConcert, createPerformance, type NewSeat } from "@onsale/core";
import { expect } from "chai";
import { activeBuyer, chargeBuyer, payHold } from "../support/buyer.ts";
import { numberIn } from "../support/callApi.ts";
import { expectDocumented } from "../support/expectDocumented.ts";
import { useTestApi } from "../support/testApi.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const LOS_ANGELES = "America/Los_Angeles";

describe("the rules of a sale over HTTP", () => {
  const api = useTestApi();

  async function hall(seats: readonly NewSeat[], details: { seatsPerBuyerMax?: number } = {}) {
    const { core } = api();
    const concert = await createConcert(core, { title: "Rules", singer: "Ada" });
    const { performanceId } = await createPerformance(core, {
      ...{ concertId: concert.id, venue: "Hall", seats, ...details },
      startsAt: new Date(core.clock.nowMs() + DAY_MS),
    });
    const rows = await core.seats.ofPerformance(null, performanceId);
    return { concertId: concert.id, performanceId, seatIds: rows.map(({ id }) => id) };
  }
  const seat = (seatNo: string, more: Partial<NewSeat> = {}): NewSeat => ({
    ...{ seatNo, section: "Floor", row: "A", price: 100, ...more },
  });
  const hold = (token: string, json: object) =>
    api().call("POST", "/api/v1/concerts/reserve-seat", { token, json });

  it("name section and row of seats, and refuse accessible ones without the request", async () => {
    const { performanceId, seatIds } = await hall([seat("A-1"), seat("A-2", { accessible: true })]);
    const { queueToken: token } = await activeBuyer(api());
    const path = `/api/v1/concerts/${performanceId}/available-seats`;
    const ordinary = await api().call("GET", path, { token });
    expectDocumented(ordinary, "availableSeats");
    const first = { seatId: seatIds[0], seatNo: "A-1", section: "Floor", row: "A", price: 100 };
    expect(ordinary.data.seats).to.deep.equal([first]);
    const all = await api().call("GET", `${path}?accessible=true`, { token });
    expectDocumented(all, "availableSeats");
    const second = { ...first, seatId: seatIds[1], seatNo: "A-2", accessible: true };
    expect(all.data.seats).to.deep.equal([first, second]);
    const refused = await hold(token, { seatId: seatIds[1] });
    expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_ACCESSIBLE_ONLY"]);
    const held = await hold(token, { seatId: seatIds[1], accessible: true });
    expectDocumented(held, "reserveSeat");
    expect(held.data.seats).to.deep.equal([
      { seatId: seatIds[1], seatNo: "A-2", section: "Floor", row: "A", price: 100 },
    ]);
    const wrong = await api().call("GET", `${path}?accessible=maybe`, { token });
    expect(wrong.code).to.equal("INVALID_REQUEST");
  });

  it("refuse a seat that the box office keeps back", async () => {
    const { seatIds } = await hall([seat("A-1")]);
    const { core } = api();
    await core.withTransaction((tx) => core.seats.block(tx, seatIds, "camera"));
    const { queueToken: token } = await activeBuyer(api());
    const refused = await hold(token, { seatId: seatIds[0] });
    expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_BLOCKED"]);
    expect(refused.text).to.not.include("camera");
  });

  it("show the limit of the performance, and refuse a hold beyond it", async () => {
    const seats = [seat("A-1"), seat("A-2")];
    const { concertId, seatIds } = await hall(seats, { seatsPerBuyerMax: 1 });
    const { queueToken: token } = await activeBuyer(api());
    const dates = await api().call("GET", `/api/v1/concerts/${concertId}/available-dates`, {
      token,
    });
    expectDocumented(dates, "availableDates");
    expect(dates.text).to.include('"seatsPerBuyerMax":1');
    const refused = await hold(token, { seatIds });
    expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_LIMIT_REACHED"]);
  });

  it("sell a free seat without points", async () => {
    const { seatIds } = await hall([seat("A-1", { price: 0 })]);
    const buyer = await activeBuyer(api());
    const held = await hold(buyer.queueToken, { seatId: seatIds[0] });
    expectDocumented(held, "reserveSeat");
    expect(held.data.amount).to.equal(0);
    const paid = await payHold(api(), buyer, numberIn(held.data, "reservationId"));
    expectDocumented(paid, "pay");
    expect(paid.data).to.include({ price: 0, currentPoints: 0 });
  });

  it("extend a hold up to its ceiling, but no paid one", async () => {
    const { seatIds } = await hall([seat("A-1")]);
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, 100);
    const held = await hold(buyer.queueToken, { seatId: seatIds[0] });
    const reservationId = numberIn(held.data, "reservationId");
    const path = `/api/v1/reservations/${reservationId}/extend`;
    const token = buyer.accessToken;
    const extended = await api().call("POST", path, { token });
    expectDocumented(extended, "extendHold");
    const times = [held.data.expiresAt, extended.data.expiresAt, extended.data.latestExpiresAt];
    expect(times).to.deep.equal(times.toSorted());
    await payHold(api(), buyer, reservationId);
    const refused = await api().call("POST", path, { token });
    expect([refused.status, refused.code]).to.deep.equal([409, "RESERVATION_STATE_CONFLICT"]);
  });

  it("cancel some seats of a hold, once, and sell the others", async () => {
    const { seatIds } = await hall([seat("A-1"), seat("A-2", { price: 30 }), seat("A-3")]);
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, 1_000);
    const held = await hold(buyer.queueToken, { seatIds });
    const reservationId = numberIn(held.data, "reservationId");
    const cancel = (...ids: readonly (number | undefined)[]) =>
      api().call("POST", `/api/v1/reservations/${reservationId}/cancel-seats`, {
        ...{ token: buyer.accessToken, json: { seatIds: ids } },
      });
    const [first, , last] = seatIds;
    for (const replayed of [null, "true"]) {
      const answer = await cancel(first, last);
      expectDocumented(answer, "cancelSeats");
      expect(answer.headers.get("idempotency-replayed")).to.equal(replayed);
      expect(answer.data).to.include({ status: "PENDING", amount: 30 });
      expect(answer.data.seats).to.have.length(1);
    }
    const foreign = await cancel(2 ** 40);
    expect([foreign.status, foreign.code]).to.deep.equal([409, "SEAT_NOT_IN_RESERVATION"]);
    const paid = await payHold(api(), buyer, reservationId);
    expect(paid.data).to.include({ price: 30 });
    const late = await cancel(...seatIds);
    expect([late.status, late.code]).to.deep.equal([409, "RESERVATION_STATE_CONFLICT"]);
  });

  it("show and find a show in Los Angeles under its date there", async () => {
    const { core } = api();
    const title = `Christmas ${core.ids.uuid()}`;
    const concert = await createConcert(core, { title, singer: "Ada" });
    const startsAt = new Date("2031-12-26T03:30:00Z");
    await createPerformance(core, {
      ...{ concertId: concert.id, venue: "Bowl", startsAt, timeZone: LOS_ANGELES },
      seats: [seat("A-1")],
    });
    const list = (day: string) => {
      const query = new URLSearchParams({ concertName: title, startDate: day, endDate: day });
      return api().call("GET", `/api/v1/concerts?${query}`);
    };
    const found = await list("2031-12-25");
    expectDocumented(found, "listConcerts");
    expect(found.text).to.include('"startDate":"2031-12-25","endDate":"2031-12-25"');
    expect((await list("2031-12-26")).data.concerts).to.deep.equal([]);
    const { queueToken: token } = await activeBuyer(api());
    const dates = await api().call("GET", `/api/v1/concerts/${concert.id}/available-dates`, {
      token,
    });
    expectDocumented(dates, "availableDates");
    expect(dates.text)
      .to.include('"concertDate":"2031-12-25","concertTime":"19:30:00-08:00"')
      .and.include(`"timeZone":"${LOS_ANGELES}"`);
  });
});
