import { expect } from "chai";
import { demoSeats } from "../../src/serve/demoData.ts";
import { tourOf } from "../../src/serve/tour.ts";

const input = {
  baseUrl: "http://127.0.0.1:8080/api/v1",
  userId: 7,
  concertId: 3,
  priceMax: 150_000,
};

/** The nine calls of the specification that the tour must make. */
const CALLS = [
  "-X POST $BASE/queue/tokens",
  "$BASE/queue/tokens/status/$USER_ID",
  "$BASE/concerts?",
  "/available-dates",
  "/available-seats",
  "-X POST $BASE/concerts/reserve-seat",
  "-X PUT $BASE/points/charge",
  "$BASE/points/current/$USER_ID",
  "-X POST $BASE/payment/pay",
];

describe("tourOf", () => {
  it("makes each of the nine calls, in an order that succeeds", () => {
    const tour = tourOf({ ...input, accessToken: "abc" });
    const at = CALLS.map((call) => tour.indexOf(call));
    expect(at).not.to.include(-1);
    expect(at).to.deep.equal(at.toSorted((a, b) => a - b));
  });

  it("sends an access token in jwt mode, and a user id in trusted mode", () => {
    expect(tourOf({ ...input, accessToken: "abc" })).to.include("Bearer $ACCESS");
    const trusted = tourOf({ ...input, accessToken: undefined });
    expect(trusted).to.include("X-User-Id: $USER_ID").and.not.include("ACCESS");
  });
});

describe("demoSeats", () => {
  it("gives every demo seat a different number, and a price", () => {
    const seats = demoSeats();
    expect(new Set(seats.map((seat) => seat.seatNo)).size).to.equal(seats.length);
    expect(Math.max(...seats.map((seat) => seat.price))).to.equal(input.priceMax);
  });
});
