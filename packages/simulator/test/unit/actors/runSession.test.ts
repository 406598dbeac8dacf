import type { LinePosition } from "@onsale/client/http";
import { expect } from "chai";
import type { LineWatch } from "../../../src/actors/lineWatch.ts";
import { runSession } from "../../../src/actors/runSession.ts";
import {
  accepted,
  type FakeRush,
  failed,
  fakeRush,
  plainBuyer,
  refused,
  smoothSale,
} from "../../support/fakeRush.ts";

const steps = (environment: FakeRush): string[] =>
  environment.transport.sent.map(({ method, path }) => `${method} ${path}`);
const bodies = (environment: FakeRush, path: string) =>
  environment.transport.sent.filter((sent) => sent.path === path).map((sent) => sent.body);
const keys = (environment: FakeRush, path: string) =>
  environment.transport.sent
    .filter((sent) => sent.path === path)
    .map((sent) => sent.idempotencyKey);

describe("runSession", () => {
  it("completes a purchase and records the acknowledged answers", async () => {
    const environment = fakeRush(smoothSale);
    const story = await runSession(plainBuyer(), environment);
    expect(steps(environment)).to.deep.equal([
      "POST /queue/tokens",
      "GET /queue/tokens/me",
      "GET /queue/tokens/me",
      "GET /concerts/7/available-dates",
      "GET /concerts/70/available-seats",
      "POST /concerts/reserve-seat",
      "PUT /points/charge",
      "POST /payment/pay",
    ]);
    expect(story).to.include({ outcome: "bought", admittedMs: 250 });
    expect(story.boughtSeatIds).to.deep.equal([1, 2]);
    expect(environment.acknowledged.all()).to.deep.equal({
      reservationIds: [900],
      paymentIds: [800],
      chargedByUser: new Map([[501, 20_000]]),
    });
    expect(environment.recorder.events.sale).to.have.length(2);
    expect(environment.recorder.spanSummary("purchase").count).to.equal(1);
  });

  it("polls at the times that the queue requests, with the latest token", async () => {
    const environment = fakeRush(smoothSale);
    await runSession(plainBuyer(), environment);
    expect(environment.clock.slept.filter((ms) => ms === 400)).to.have.length(2);
    const tokens = environment.transport.sent.map((sent) => sent.token);
    expect(tokens[0]).to.equal("access-501");
    expect(tokens[1]).to.equal("queue-1");
    expect(tokens[5]).to.equal("queue-2");
  });

  it("polls at once when the line has moved past the place", async () => {
    const followed: LinePosition[] = [];
    const ended: number[] = [];
    const early: boolean[] = [];
    const line: LineWatch = {
      follow(place, admitted) {
        followed.push(place);
        admitted();
        return () => void ended.push(place.position);
      },
    };
    const environment = { ...fakeRush(smoothSale), line };
    const { sleep } = environment.clock;
    environment.clock.sleep = (ms, signal) => {
      early.push(signal?.aborted === true);
      return sleep(ms);
    };
    await runSession(plainBuyer(), environment);
    const place = { position: 3, generation: 9, admittedCount: 40 };
    expect(followed).to.deep.equal([place, place]);
    expect(ended).to.deep.equal([3, 3]);
    expect(early.filter(Boolean)).to.have.length(2);
  });

  it("compares the estimated waiting times with the real ones", async () => {
    const environment = fakeRush(smoothSale);
    await runSession(plainBuyer(), environment);
    const { recorder } = environment;
    // The estimates were 2 s at 0 ms and at 400 ms; the buyer was admitted after 250 ms.
    expect(recorder.waitErrors("join")).to.include({ count: 1, p50Ms: 1750 });
    expect(recorder.waitErrors("poll")).to.include({ count: 1, p50Ms: 2000 });
  });

  it("counts the wait from the intended arrival, not from the first request", async () => {
    const environment = fakeRush(smoothSale);
    const early = { ...environment, opensAtMonotonicMs: environment.opensAtMonotonicMs - 2000 };
    const story = await runSession(plainBuyer(), early);
    expect(story).to.include({ intendedMs: 0, startedMs: 2000 });
    expect(environment.recorder.spanSummary("wait").maxMs).to.be.closeTo(2800, 3);
    expect(environment.recorder.phaseSummary("join").accepted.maxMs).to.be.closeTo(2000, 3);
  });

  it("chooses other seats under a new key when another buyer was faster", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "POST /concerts/reserve-seat": [
        refused(409, "SEAT_ALREADY_HELD"),
        ...smoothSale["POST /concerts/reserve-seat"],
      ],
    });
    const story = await runSession(plainBuyer(), environment);
    const [first, second] = bodies(environment, "/concerts/reserve-seat");
    expect(story.outcome).to.equal("bought");
    expect(first).not.to.deep.equal(second);
    expect(new Set(keys(environment, "/concerts/reserve-seat")).size).to.equal(2);
    expect(environment.recorder.phaseSummary("reserve")).to.deep.include({
      refusedByCode: { SEAT_ALREADY_HELD: 1 },
      failed: 0,
    });
    expect(environment.recorder.phaseSummary("reserve").accepted.count).to.equal(1);
  });

  it("charges the missing points after a refused payment and pays again", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "POST /payment/pay": [
        refused(422, "INSUFFICIENT_POINTS", { required: 18_000, balance: 500 }),
        ...smoothSale["POST /payment/pay"],
      ],
    });
    const story = await runSession(plainBuyer({ chargesFirst: false }), environment);
    expect(story.outcome).to.equal("bought");
    expect(bodies(environment, "/points/charge")).to.deep.equal([{ userId: 501, amount: 17_500 }]);
    expect(new Set(keys(environment, "/payment/pay")).size).to.equal(2);
  });

  it("leaves the queue when no seat is for sale", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "GET /concerts/:id/available-seats": [accepted({ seats: [] })],
    });
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("found-nothing");
    expect(steps(environment).at(-1)).to.equal("DELETE /queue/tokens/me");
  });

  it("looks for returned seats until the buyer's patience ends", async () => {
    const seats = smoothSale["GET /concerts/:id/available-seats"];
    const environment = fakeRush({
      ...smoothSale,
      "GET /concerts/:id/available-seats": [accepted({ seats: [] }), ...seats],
    });
    const story = await runSession(plainBuyer({ patienceMs: 5000 }), environment);
    expect(story.outcome).to.equal("bought");
  });

  it("gives up after losing a bounded number of seats", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "POST /concerts/reserve-seat": [refused(409, "SEAT_ALREADY_SOLD")],
    });
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("always-too-late");
    expect(bodies(environment, "/concerts/reserve-seat")).to.have.length(12);
  });

  it("cancels or lets the hold expire when the buyer loses interest", async () => {
    const cancelling = fakeRush(smoothSale);
    const left = await runSession(plainBuyer({ abandons: "cancels" }), cancelling);
    expect(left.outcome).to.equal("abandoned");
    expect(steps(cancelling)).to.include("DELETE /reservations/900");
    expect(steps(cancelling).at(-1)).to.equal("DELETE /queue/tokens/me");
    const silent = fakeRush(smoothSale);
    await runSession(plainBuyer({ abandons: "lets-expire" }), silent);
    expect(steps(silent).at(-1)).to.equal("POST /concerts/reserve-seat");
  });

  it("joins the queue again after a lost admission, a bounded number of times", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "GET /concerts/:id/available-dates": [refused(410, "QUEUE_TOKEN_EXPIRED")],
    });
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("lost-admission");
    expect(steps(environment).filter((step) => step === "POST /queue/tokens")).to.have.length(3);
    expect(environment.recorder.events.admission).to.have.length(1);
  });

  it("ends as failed, with the reason, after an answer that violates the API", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "POST /queue/tokens": [refused(404, "NOT_FOUND")],
    });
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("failed");
    expect(story.reason).to.include("NOT_FOUND");
  });

  it("reads the outcome of a payment whose repeated request is refused", async () => {
    const environment = fakeRush({
      ...smoothSale,
      "POST /payment/pay": [failed("connection lost"), refused(410, "QUEUE_TOKEN_EXPIRED")],
    });
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("bought");
    expect(environment.acknowledged.counts().payments).to.equal(0);
  });

  it("stops immediately when the rush is stopped", async () => {
    const ending = new AbortController();
    ending.abort();
    const environment = fakeRush(smoothSale, ending.signal);
    const story = await runSession(plainBuyer(), environment);
    expect(story.outcome).to.equal("stopped");
    expect(environment.transport.sent).to.have.length(0);
  });
});
