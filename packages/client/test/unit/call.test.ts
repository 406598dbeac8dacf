import { expect } from "chai";
import { call } from "../../src/http/call.ts";
import {
  CallTimeoutError,
  isProblem,
  NoAnswerError,
  ProblemError,
  UnexpectedAnswerError,
} from "../../src/problems/errors.ts";
import {
  accepted,
  type FakeEnvironment,
  fakeEnvironment,
  linkOn,
  neverAnswer,
  overloaded,
  refused,
  settle,
} from "../support/fakeEnvironment.ts";

const HOLD = { body: { seatIds: [7] } };
/** Longer than all pauses together. */
const LONG_MS = 600_000;

describe("a call", () => {
  let environment: FakeEnvironment;
  beforeEach(() => {
    environment = fakeEnvironment();
  });

  /** Answers the requests one after the other, the last one again and again. */
  function answers(...given: readonly (() => Response | Promise<Response>)[]): void {
    let count = 0;
    environment.answerWith(() => {
      const next = given[Math.min(count, given.length - 1)];
      count += 1;
      return next?.() ?? overloaded();
    });
  }
  const lost = (): never => {
    throw new TypeError("fetch failed");
  };
  const hold = (sending = {}) => call(linkOn(environment), "reserveSeat", HOLD, sending);

  /** Moves the time until the call ends. @returns its data, or its error */
  async function outcomeOf(running: Promise<{ readonly data: unknown }>): Promise<unknown> {
    const ended = running.then(
      ({ data }) => data,
      (error: unknown) => error,
    );
    await environment.advance(LONG_MS);
    return await ended;
  }
  const keysSent = () => environment.seen.map(({ headers }) => headers.get("idempotency-key"));

  it("repeats a request whose answer was lost, with the same key and the same body", async () => {
    answers(lost, lost, () => accepted({ reservationId: 1 }));
    expect(await outcomeOf(hold({ token: "t" }))).to.deep.equal({ reservationId: 1 });
    expect(environment.seen).to.have.length(3);
    expect(new Set(keysSent()).size).to.equal(1);
    expect(keysSent()[0]).to.match(/^[0-9a-f]{32}$/);
    for (const { method, path, headers, body } of environment.seen) {
      expect([method, path]).to.deep.equal(["POST", "/concerts/reserve-seat"]);
      expect(headers.get("authorization")).to.equal("Bearer t");
      expect(body).to.equal('{"seatIds":[7]}');
    }
  });

  it("makes another key for another call, and takes the key of the caller", async () => {
    answers(() => accepted({}));
    for (const sending of [{}, {}, { idempotencyKey: "mine" }]) await outcomeOf(hold(sending));
    const [first, second, third] = keysSent();
    expect(first).not.to.equal(second);
    expect(third).to.equal("mine");
  });

  it("waits for the time of Retry-After and a random part more", async () => {
    answers(
      () => overloaded("4"),
      () => accepted({}),
    );
    await outcomeOf(hold());
    const [first, second] = environment.seen.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).to.equal(6_000);
  });

  it("compares a date in Retry-After with the time", async () => {
    const date = new Date(environment.nowMs() + 10_000).toUTCString();
    answers(
      () => overloaded(date),
      () => accepted({}),
    );
    await outcomeOf(hold());
    const [first, second] = environment.seen.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).to.be.within(13_000, 15_000);
  });

  it("throws the refusal after the maximum of attempts", async () => {
    answers(() => overloaded());
    const error = await outcomeOf(hold());
    expect(environment.seen).to.have.length(4);
    expect(isProblem(error, "OVERLOADED")).to.equal(true);
    expect(isProblem(error, "RATE_LIMITED")).to.equal(false);
    expect(error).to.include({ status: 503, retryAfterMs: 1_000, requestId: "r-1" });
  });

  for (const [status, code] of [
    [409, "SEAT_CONTENDED"],
    [403, "QUEUE_TOKEN_NOT_ACTIVE"],
    [409, "QUEUE_CLOSED"],
    [422, "INSUFFICIENT_POINTS"],
    [500, "INTERNAL_ERROR"],
  ] as const) {
    it(`leaves ${code} to the caller`, async () => {
      answers(() => refused(status, code, { "retry-after": "1" }));
      expect(await outcomeOf(hold()))
        .to.be.instanceOf(ProblemError)
        .and.include({ code });
      expect(environment.seen).to.have.length(1);
    });
  }

  it("does not wait for a pause of more than a minute", async () => {
    answers(() => overloaded("61"));
    expect(await outcomeOf(hold())).to.include({ retryAfterMs: 61_000 });
    expect(environment.seen).to.have.length(1);
  });

  describe("of a POST without a key", () => {
    const createUser = () => call(linkOn(environment), "createUser", { body: { name: "Ada" } });

    it("is not repeated after a lost answer, because it may have taken effect", async () => {
      answers(lost);
      expect(await outcomeOf(createUser())).to.be.instanceOf(NoAnswerError);
      expect(environment.seen).to.have.length(1);
      expect(keysSent()).to.deep.equal([null]);
    });

    it("is not repeated when the server does not know the outcome", async () => {
      answers(() => refused(503, "OUTCOME_UNKNOWN", { "retry-after": "1" }));
      await outcomeOf(createUser());
      expect(environment.seen).to.have.length(1);
    });

    it("is repeated when nothing was done", async () => {
      answers(
        () => overloaded(),
        () => accepted({ userId: 1 }),
      );
      expect(await outcomeOf(createUser())).to.deep.equal({ userId: 1 });
    });

    it("is repeated when it joins a queue", async () => {
      answers(lost, () => accepted({ token: "t" }));
      const joining = call(linkOn(environment), "joinQueue", { body: {} });
      expect(await outcomeOf(joining)).to.deep.equal({ token: "t" });
    });
  });

  it("gives up an attempt after its time, and names the key when no attempt succeeds", async () => {
    environment.answerWith(neverAnswer);
    const error = await outcomeOf(hold({ idempotencyKey: "k" }));
    expect(error).to.be.instanceOf(NoAnswerError).and.include({ idempotencyKey: "k" });
    expect(environment.seen).to.have.length(4);
    const [first, second] = environment.seen.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).to.be.above(15_000);
  });

  it("ends after its own time, also within a pause", async () => {
    answers(() => overloaded("30"));
    const error = await outcomeOf(hold({ timeoutMs: 10_000 }));
    expect(error).to.be.instanceOf(CallTimeoutError).and.include({ name: "TimeoutError" });
    expect(isProblem((error as CallTimeoutError).cause, "OVERLOADED")).to.equal(true);
    expect(environment.seen).to.have.length(1);
    expect(environment.timerCount()).to.equal(0);
  });

  for (const [when, answer] of [
    ["while it waits for the answer", neverAnswer],
    ["within a pause", () => overloaded("30")],
  ] as const) {
    it(`ends with the reason of the signal ${when}, and leaves nothing behind`, async () => {
      environment.answerWith(answer);
      const stopping = new AbortController();
      const running = hold({ signal: stopping.signal }).catch((error: unknown) => error);
      await settle();
      stopping.abort(new Error("the buyer left"));
      expect(await running).to.have.property("message", "the buyer left");
      expect(environment.seen).to.have.length(1);
      expect(environment.timerCount()).to.equal(0);
    });
  }

  it("sends nothing with an aborted signal", async () => {
    const error = await outcomeOf(hold({ signal: AbortSignal.abort(new Error("too late")) }));
    expect(error).to.have.property("message", "too late");
    expect(environment.seen).to.deep.equal([]);
  });

  it("repeats after a proxy without its server, and refuses another program's answer", async () => {
    answers(
      () => new Response("<html>", { status: 502 }),
      () => accepted({ reservationId: 1 }),
    );
    expect(await outcomeOf(hold())).to.deep.equal({ reservationId: 1 });
    answers(() => new Response("<html>", { status: 200 }));
    const error = await outcomeOf(hold());
    expect(error).to.be.instanceOf(UnexpectedAnswerError).and.include({ status: 200 });
    answers(() => Response.json({ hello: 1 }));
    expect(await outcomeOf(hold())).to.be.instanceOf(UnexpectedAnswerError);
  });

  it("fills the path and the query", async () => {
    answers(() => accepted({}));
    const input = { path: { concertOptionId: 3 }, query: { since: "a b&c" } };
    await outcomeOf(call(linkOn(environment), "availableSeats", input));
    await outcomeOf(call(linkOn(environment), "queueOverview", { path: { queueId: "a/b" } }));
    expect(environment.seen.map(({ path }) => path)).to.deep.equal([
      "/concerts/3/available-seats?since=a+b%26c",
      "/queues/a%2Fb/status",
    ]);
  });
});
