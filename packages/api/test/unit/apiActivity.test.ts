import { expect } from "chai";
import { apiActivity, type CountedAnswer } from "../../src/metrics/apiActivity.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { testConfig } from "../support/testConfig.ts";

const HOLD = "/api/v1/concerts/reserve-seat";
const CONFIG = testConfig({ IN_FLIGHT_MAX: "2" });

function fixture() {
  const clock = fakeClock();
  const activity = apiActivity({ clock }, CONFIG);
  const count = (answer: Partial<CountedAnswer> = {}): void =>
    activity.count({
      route: HOLD,
      status: 200,
      code: undefined,
      isReplay: false,
      ms: 8,
      ...answer,
    });
  return { clock, activity, count };
}

describe("the figures of an API process", () => {
  it("are of the time since they were taken before", async () => {
    const { clock, activity, count } = fixture();
    count({ route: "/api/v1/concerts" });
    count({ route: "unmatched", status: 503, code: "OVERLOADED" });
    count({ route: "/api/v1/points", status: 503, code: "DEPENDENCY_UNAVAILABLE" });
    await clock.advance(2_000);
    const counted = { windowMs: 2_000, answered: 3, overloaded: 1, unavailable: 2 };
    expect(activity.take()).to.include(counted);
    await clock.advance(2_500);
    const none = { windowMs: 2_500, answered: 0, overloaded: 0, unavailable: 0 };
    expect(activity.take()).to.include(none);
  });

  it("leave out the requests of waiting buyers, who have slots of their own", () => {
    const { activity, count } = fixture();
    const refused = { status: 503, code: "OVERLOADED" };
    count();
    count({ route: "/queue/tokens", ...refused });
    count({ route: "/api/v1/queue/tokens/me/events", ...refused });
    count({ route: "/api/v1/queue/tokens/me" });
    count({ route: "/api/v1/queues/{queueId}/status" });
    expect(activity.take()).to.include({ answered: 1, overloaded: 0, unavailable: 0 });
  });

  it("have the requests at work and their bound", async () => {
    const { activity } = fixture();
    const end = Promise.withResolvers<void>();
    const work = activity.bounds.buying.run(() => end.promise);
    expect(activity.take()).to.include({ inFlight: 1, inFlightMax: 2 });
    end.resolve();
    await work;
    expect(activity.take()).to.include({ inFlight: 0, inFlightMax: 2 });
  });

  it("count accepted and refused holds apart, and stored answers in neither", () => {
    const { activity, count } = fixture();
    count();
    count({ route: "/concerts/reserve-seat", ms: 64 });
    count({ isReplay: true, ms: 1 });
    count({ status: 409, code: "SEAT_ALREADY_HELD", ms: 1 });
    count({ status: 503, code: "DEADLINE_EXCEEDED", ms: 10_000 });
    count({ route: "/api/v1/payment/pay", ms: 5_000 });
    const { holds, answered } = activity.take();
    expect(holds).to.deep.include({ accepted: { "24": 1, "48": 1 }, refused: 2 });
    expect(answered).to.equal(6);
  });

  it("have the holds of the last ten windows", async () => {
    const { clock, activity, count } = fixture();
    const takeAfter = async (ms: number) => {
      count();
      count({ status: 409, code: "SEAT_ALREADY_HELD" });
      await clock.advance(ms);
      return activity.take().holds;
    };
    for (const windows of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]) {
      expect(await takeAfter(1_000)).to.deep.equal({
        ...{ windowMs: windows * 1_000, accepted: { "24": windows }, refused: windows },
      });
    }
  });
});
