import assert from "node:assert/strict";
import type { RateDecision, RateLimiter } from "@onsale/core";
import { expect } from "chai";
import sinon from "sinon";
import { connectionsMax, OPERATOR_CONNECTIONS_MAX } from "../../src/http/connectionsMax.ts";
import { deadlines } from "../../src/middlewares/deadline.ts";
import { inFlight } from "../../src/middlewares/inFlight.ts";
import { openRequests } from "../../src/middlewares/openRequests.ts";
import { allowance } from "../../src/middlewares/rateLimit.ts";
import { RateLimitedError, TooManyOpenRequestsError } from "../../src/problems/errors.ts";
import { fakeClock } from "../support/fakeClock.ts";

const ALLOWED: RateDecision = { allowed: true, retryAfterMs: 0 };
const REFUSED: RateDecision = { allowed: false, retryAfterMs: 700 };

/** The value or the error of a promise. */
const endOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error) => error);

/** The promise of a request for which the process asks the shared counter. */
function asked(taken: Promise<void> | undefined): Promise<void> {
  assert(taken, "the process counts the request alone");
  return taken;
}

describe("the rate limiter of a process", () => {
  const take = sinon.stub<Parameters<RateLimiter["take"]>, Promise<RateDecision>>();

  beforeEach(() => {
    take.reset();
    take.resolves(ALLOWED);
  });

  it("counts a tenth of the allowance itself, and then calls the shared counter", async () => {
    const takeOne = allowance({ take }, fakeClock(), "user", 50);
    for (let count = 0; count < 5; count += 1) await takeOne("7");
    sinon.assert.notCalled(take);
    await takeOne("7");
    sinon.assert.calledOnceWithExactly(take, "user:7", { points: 50, perMs: 1000 });
    await takeOne("8");
    sinon.assert.calledOnce(take);
  });

  it("starts again in each second", async () => {
    const clock = fakeClock();
    const takeOne = allowance({ take }, clock, "user", 10);
    await takeOne("7");
    await clock.advance(1000);
    await takeOne("7");
    sinon.assert.notCalled(take);
  });

  it("refuses a request with the time to wait", async () => {
    take.resolves(REFUSED);
    const error = await endOf(asked(allowance({ take }, fakeClock(), "address", 1)("::1")));
    expect(error).to.be.instanceOf(RateLimitedError);
    expect(error).to.have.deep.property("details", { retryAfterMs: 700 });
  });

  it("allows a request when the shared counter hangs", async () => {
    const clock = fakeClock();
    take.returns(new Promise(() => {}));
    const taken = asked(allowance({ take }, clock, "user", 1)("7"));
    await clock.advance(190);
    expect(await endOf(taken)).to.equal(undefined);
  });
});

describe("inFlight", () => {
  it("refuses work while every slot is taken, and accepts it when a slot is free", async () => {
    const bound = inFlight(2, fakeClock(), 1000);
    const ends: (() => void)[] = [];
    const work = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const first = bound.run(work);
    const second = bound.run(work);
    expect(bound.count()).to.equal(2);
    expect(await endOf(bound.run(work))).to.have.property("code", "OVERLOADED");
    ends[0]?.();
    await first;
    const third = bound.run(work);
    expect(ends).to.have.length(3);
    for (const end of ends) end();
    await Promise.all([second, third]);
    expect(bound.count()).to.equal(0);
  });

  it("reports stuck work only when old work occupies nearly every slot", async () => {
    const clock = fakeClock();
    const bound = inFlight(10, clock, 1000);
    const ends: (() => void)[] = [];
    const begin = () => bound.run(() => new Promise<void>((resolve) => ends.push(resolve)));
    const old = Array.from({ length: 9 }, begin);
    await clock.advance(999);
    expect(bound.isStuck(), "every slot is held by work that may still end").to.equal(false);
    const fresh = begin();
    await clock.advance(1);
    expect(bound.isStuck(), "9 of 10").to.equal(true);
    ends[0]?.();
    await old[0];
    expect(bound.isStuck(), "8 of 10 and a fresh one").to.equal(false);
    for (const end of ends) end();
    await Promise.all([...old, fresh]);
    expect(bound.isStuck()).to.equal(false);
  });

  it("reports stuck work when old work occupies the only slot", async () => {
    const clock = fakeClock();
    const bound = inFlight(1, clock, 1000);
    void bound.run(() => new Promise(() => {}));
    await clock.advance(1000);
    expect(bound.isStuck()).to.equal(true);
  });

  it("frees the slot of work that fails", async () => {
    const bound = inFlight(1, fakeClock(), 1000);
    await endOf(bound.run(() => Promise.reject(new Error("no"))));
    expect(bound.count()).to.equal(0);
  });
});

describe("openRequests", () => {
  it("counts the open requests of each subject, and subtracts each request only once", () => {
    const open = openRequests(2);
    const first = open("7");
    open("7");
    open("8");
    expect(() => open("7"))
      .to.throw(TooManyOpenRequestsError)
      .with.deep.property("details", { openMax: 2 });
    first();
    first();
    open("7");
    expect(() => open("7"), "the second end of a request has no effect").to.throw(
      TooManyOpenRequestsError,
    );
  });
});

describe("connectionsMax", () => {
  it("returns the configured connections when the process may open enough files", () => {
    expect(connectionsMax(10_000, 16, 20_000)).to.equal(10_000);
    expect(connectionsMax(10_000, 16, undefined)).to.equal(10_000);
  });

  it("leaves files for the database and other connections below the limit of files", () => {
    expect(connectionsMax(10_000, 16, 400)).to.equal(284);
    expect(connectionsMax(200, 16, 400)).to.equal(200);
  });

  it("leaves files for the connections of other ports", () => {
    const others = 16 + 2 * OPERATOR_CONNECTIONS_MAX;
    expect(connectionsMax(10_000, others, 400) + others).to.be.below(400);
  });

  it("allows some connections even when the process may open very few files", () => {
    expect(connectionsMax(10_000, 16, 64)).to.equal(16);
  });
});

describe("the deadline of some work", () => {
  it("rejects work that hangs, and does not affect other work", async () => {
    const clock = fakeClock();
    const within = deadlines(clock, 1000);
    const overdue = sinon.spy();
    const hanging = endOf(within(() => new Promise(() => {}), overdue));
    await clock.advance(500);
    const later = within(() => clock.sleep(700), overdue);
    await clock.advance(600);
    expect(await hanging).to.have.property("code", "DEADLINE_EXCEEDED");
    sinon.assert.calledOnce(overdue);
    await clock.advance(200);
    expect(await endOf(later)).to.equal(undefined);
    sinon.assert.calledOnce(overdue);
  });

  it("returns the result of work that ends in time, and rejects with its error", async () => {
    const within = deadlines(fakeClock(), 1000);
    const failure = new Error("no");
    expect(
      await endOf(
        within(
          () => Promise.reject(failure),
          () => {},
        ),
      ),
    ).to.equal(failure);
    expect(
      await within(
        async () => {},
        () => {},
      ),
    ).to.equal(undefined);
  });
});
