import { expect } from "chai";
import { createClient } from "../../src/createClient.ts";
import { call } from "../../src/http/call.ts";
import { UnexpectedAnswerError } from "../../src/problems/errors.ts";
import { createVisit } from "../../src/visit.ts";
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
import { waiting } from "../support/fakeQueue.ts";

const HOLD = { body: { seatIds: [7] } };
const LONG_MS = 900_000;
const failed = (error: unknown): unknown => error;

describe("a call to a server that misbehaves", () => {
  let environment: FakeEnvironment;
  beforeEach(() => {
    environment = fakeEnvironment();
  });
  const hold = (sending = {}) => call(linkOn(environment), "reserveSeat", HOLD, sending);

  async function errorOf(running: Promise<unknown>): Promise<unknown> {
    const ended = running.then(() => "accepted", failed);
    await environment.advance(LONG_MS);
    return await ended;
  }

  for (const [what, answer, sending] of [
    ["its time is over", neverAnswer, { timeoutMs: 5_000 }],
    ["no attempt gets an answer", neverAnswer, {}],
    ["a proxy answers", () => new Response("<html>", { status: 504 }), {}],
    ["the server does not know the outcome", () => refused(503, "OUTCOME_UNKNOWN"), {}],
    ["the body is endless", endless, {}],
  ] as const) {
    it(`names the generated key when ${what}`, async () => {
      environment.answerWith(answer);
      const error = await errorOf(hold(sending));
      const key = environment.seen[0]?.headers.get("idempotency-key");
      expect(key).to.match(/^[0-9a-f]{32}$/);
      expect(error).to.have.property("idempotencyKey", key);
    });
  }

  for (const header of ["0", "Thu, 01 Jan 1970 00:00:00 GMT", "-5", "1.5", "soon"]) {
    it(`pauses between its attempts after Retry-After ${header}`, async () => {
      environment.answerWith(() => overloaded(header));
      await errorOf(hold());
      const times = environment.seen.map(({ atMs }) => atMs);
      expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.within(125, 250);
      expect((times[3] ?? 0) - (times[2] ?? 0)).to.be.within(500, 1_000);
    });
  }

  it("compares a date in Retry-After with the clock of the server", async () => {
    const date = "Mon, 01 Jan 1990 00:00:00 GMT";
    const later = "Mon, 01 Jan 1990 00:00:10 GMT";
    environment.answerWith(() => {
      const headers = { date, "retry-after": later };
      return refused(503, "OVERLOADED", headers);
    });
    expect(await errorOf(hold())).to.have.property("retryAfterMs", 10_000);
    const [first, second] = environment.seen.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).to.equal(15_000);
  });

  it("stops to read a body that does not end", async () => {
    let isCancelled = false;
    environment.answerWith(() => endless(() => (isCancelled = true)));
    expect(await errorOf(hold())).to.be.instanceOf(UnexpectedAnswerError);
    expect(isCancelled).to.equal(true);
  });

  it("takes a fetch that throws at once for a request without an answer", async () => {
    let count = 0;
    const fetch = (): Promise<Response> => {
      count += 1;
      if (count === 1) throw new TypeError("offline");
      return Promise.resolve(accepted({ reservationId: 1 }));
    };
    const link = { ...linkOn(environment), environment: { ...environment, fetch } };
    expect(await errorOf(call(link, "reserveSeat", HOLD))).to.equal("accepted");
  });

  for (const body of [null, {}, { code: 7, status: "x" }, [], "text"]) {
    it(`does not take ${JSON.stringify(body)} for a refusal of the API`, async () => {
      environment.answerWith(() => Response.json(body, { status: 400 }));
      expect(await errorOf(hold())).to.be.instanceOf(UnexpectedAnswerError);
    });
  }

  for (const data of [{}, null, "x", { ...waiting(1), pollAfterMs: undefined }]) {
    it(`refuses ${JSON.stringify(data)} as a place, and keeps the token`, async () => {
      environment.answerWith(() => Response.json({ data }));
      const visit = createVisit(linkOn(environment), { queueId: "main", token: "kept" });
      expect(await errorOf(visit.poll())).to.be.instanceOf(UnexpectedAnswerError);
      expect(visit.token).to.equal("kept");
    });
  }

  it("refuses a 304 that it has not asked for", async () => {
    environment.answerWith(() => new Response(null, { status: 304 }));
    const visit = createVisit(linkOn(environment), { queueId: "main", token: "kept" });
    expect(await errorOf(visit.poll())).to.be.instanceOf(UnexpectedAnswerError);
  });
});

describe("what a caller gives", () => {
  let environment: FakeEnvironment;
  beforeEach(() => {
    environment = fakeEnvironment();
    environment.answerWith(() => accepted({}));
  });

  it("is not sent, and not shown, when a token cannot be a header", async () => {
    const sending = { token: "secret\ntoken" };
    const error = await call(linkOn(environment), "reserveSeat", HOLD, sending).catch(failed);
    expect(error).to.be.instanceOf(TypeError);
    expect(`${error} ${(error as Error).cause}`)
      .to.include("authorization")
      .and.not.match(/secret/);
    expect(environment.seen).to.deep.equal([]);
  });

  it("replaces a header of the client in any case", async () => {
    const link = linkOn(environment, {
      headers: { Authorization: "Basic x", Accept: "text/html" },
    });
    await call(link, "reserveSeat", HOLD, { token: "t" });
    const [request] = environment.seen;
    expect(request?.headers.get("authorization")).to.equal("Bearer t");
    expect(request?.headers.get("accept")).to.equal("application/json");
  });

  for (const queueId of ["", ".", ".."]) {
    it(`cannot change the path with the queue "${queueId}"`, async () => {
      const reading = call(linkOn(environment), "queueOverview", { path: { queueId } });
      expect(await reading.catch(failed)).to.be.instanceOf(TypeError);
      expect(environment.seen).to.deep.equal([]);
    });
  }

  it("ends a call whose access token does not come", async () => {
    const token = () => new Promise<string>(() => {});
    const stopping = new AbortController();
    const aborted = call(linkOn(environment), "reserveSeat", HOLD, {
      ...{ token, signal: stopping.signal },
    }).catch(failed);
    const late = call(linkOn(environment), "reserveSeat", HOLD, { token, timeoutMs: 50 });
    const ended = late.catch(failed);
    await settle();
    stopping.abort(new Error("the buyer left"));
    expect(await aborted).to.have.property("message", "the buyer left");
    await environment.advance(50);
    expect(await ended).to.have.property("name", "TimeoutError");
    expect([environment.seen.length, environment.timerCount()]).to.deep.equal([0, 0]);
  });

  for (const baseUrl of [
    "tickets.example:8080",
    "ftp://tickets.example",
    "https://ada:secret@tickets.example",
    "https://tickets.example/?shop=1",
  ]) {
    it(`is refused as the base URL: ${baseUrl}`, () => {
      expect(() => createClient({ baseUrl }))
        .to.throw(TypeError)
        .and.not.match(/secret/);
    });
  }

  for (const attemptsMax of [0, Number.NaN, 1.5]) {
    it(`is refused as the number of attempts: ${attemptsMax}`, () => {
      expect(() => createClient({ baseUrl: "", attemptsMax })).to.throw(RangeError);
    });
  }

  it("can be an endless time", async () => {
    const never = { timeoutMs: Number.POSITIVE_INFINITY };
    const client = createClient({
      ...{ baseUrl: "http://onsale.test", attemptTimeoutMs: Number.POSITIVE_INFINITY },
      fetch: async (_url, { signal }) => {
        await settle();
        await new Promise((resolve) => setTimeout(resolve, 5));
        signal?.throwIfAborted();
        return accepted({ concerts: [] });
      },
    });
    expect(await client.concerts({}, never)).to.deep.equal({ concerts: [] });
  });
});

/** An answer whose body goes on, one MiB after the other. */
function endless(onCancel: unknown = undefined): Response {
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => void (typeof onCancel === "function" && onCancel()),
  });
  return new Response(body);
}
