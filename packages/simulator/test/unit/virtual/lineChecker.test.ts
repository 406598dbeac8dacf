import { expect } from "chai";
import type { TransportAnswer, TransportRequest } from "../../../src/actors/transport.ts";
import { type LineChecker, lineChecker } from "../../../src/virtual/lineChecker.ts";

/** The longest time between an answer and a poll in time, ms. */
const RETURNS_WITHIN_MS = 3_000;
/** The time after an advised pause in which a buyer keeps the place, ms. */
const GRACE_MS = 2_000;
const GONE: TransportAnswer = { kind: "accepted", status: 204, data: null };

describe("lineChecker", () => {
  let nowMs: number;
  let answer: TransportAnswer;
  let line: LineChecker;
  beforeEach(() => {
    nowMs = 1_000;
    line = lineChecker({
      transport: { send: async () => answer, close: async () => undefined },
      nowUs: () => nowMs * 1000,
      // "1:700": user 1 at sequence 700.
      placeOf(token) {
        const [userId = 0, sequence = 0] = token.split(":").map(Number);
        return { userId, sequence };
      },
      returnsWithinMs: RETURNS_WITHIN_MS,
      graceMs: GRACE_MS,
    });
  });

  const answered = (token: string, status = "WAITING"): TransportAnswer => ({
    kind: "accepted",
    status: 200,
    data: { token, status, position: 1, expiresAt: null, pollAfterMs: 400 },
  });
  const at = async (
    ms: number,
    request: TransportRequest,
    outcome: TransportAnswer,
  ): Promise<void> => {
    nowMs = ms;
    answer = outcome;
    await line.transport.send(0, request);
  };
  const poll = (ms: number, token: string, outcome = answered(token)) =>
    at(ms, { method: "GET", path: "/queue/tokens/me", token }, outcome);
  const join = (ms: number, outcome: TransportAnswer) =>
    at(ms, { method: "POST", path: "/queue/tokens", body: {} }, outcome);
  const letIn = (sequence: number, ms: number) => ({
    userId: 9,
    sequence,
    admittedAtUs: ms * 1000,
    endReason: "UNCLAIMED",
  });
  const messages = (...admissions: ReturnType<typeof letIn>[]) =>
    line.violations(admissions).map(({ check, message }) => `${check}: ${message}`);
  const OVERTAKEN = "line: a later buyer was admitted while the buyer waited and polled in time";

  it("reports an admission of a later buyer while an earlier buyer polls in time", async () => {
    await join(1_000, answered("1:700"));
    await poll(2_000, "1:700");
    await poll(3_000, "1:700");
    expect(messages(letIn(701, 2_500))).to.deep.equal([OVERTAKEN]);
    expect(messages(letIn(699, 2_500)), "from ahead").to.deep.equal([]);
    expect(messages(letIn(701, 900), letIn(701, 3_500)), "at other times").to.deep.equal([]);
  });

  it("reports nothing when the buyer polled late or was admitted", async () => {
    await join(1_000, answered("1:700"));
    await poll(1_000 + RETURNS_WITHIN_MS + 1, "1:700");
    await poll(5_000, "1:700", answered("1:700", "ACTIVE"));
    await poll(6_000, "1:700");
    expect(messages(letIn(701, 2_000), letIn(701, 4_500), letIn(701, 5_500))).to.deep.equal([]);
  });

  it("ignores overtaking before a Redis loss, but reports it afterwards", async () => {
    await join(1_000, answered("1:700"));
    nowMs = 2_000;
    line.redisLost();
    await poll(3_000, "1:700");
    expect(messages(letIn(701, 1_500))).to.deep.equal([]);
    expect(messages(letIn(701, 2_500))).to.deep.equal([OVERTAKEN]);
  });

  it("ignores overtaking between two Redis losses in one wait", async () => {
    await join(1_000, answered("1:700"));
    for (const lostAtMs of [2_000, 3_000]) {
      nowMs = lostAtMs;
      line.redisLost();
    }
    await poll(4_000, "1:700");
    expect(messages(letIn(701, 2_500))).to.deep.equal([]);
    expect(messages(letIn(701, 3_500))).to.deep.equal([OVERTAKEN]);
  });

  it("ignores overtaking of a buyer who has asked to leave", async () => {
    await join(1_000, answered("1:700"));
    await at(1_100, { method: "DELETE", path: "/queue/tokens/me", token: "1:700" }, GONE);
    await poll(2_000, "1:700");
    expect(messages(letIn(701, 1_500))).to.deep.equal([]);
  });

  it("reports a buyer whose place moved back, unless the place was admitted", async () => {
    await join(1_000, answered("1:700"));
    await poll(2_000, "1:700", answered("1:800"));
    expect(messages()).to.deep.equal([
      "line: a buyer sent a place and the answer had a place further back",
    ]);
    expect(messages(letIn(700, 1_500))).to.deep.equal([]);
  });

  describe("a place whose admission was missed", () => {
    const LOST = "line: a buyer who polled as advised lost the place";
    const PAUSE_MS = 400;
    const ended: TransportAnswer = {
      kind: "refused",
      status: 410,
      body: { code: "QUEUE_TOKEN_EXPIRED" },
      retryAfterMs: undefined,
    };
    const missed = letIn(700, 1_100);

    it("is reported when its buyer polls as advised and is refused", async () => {
      await join(1_000, answered("1:700"));
      await poll(1_000 + PAUSE_MS + GRACE_MS, "1:700", ended);
      expect(messages(missed)).to.deep.equal([LOST]);
      expect(messages(), "not admitted").to.deep.equal([]);
      expect(messages(missed, letIn(700, 2_000)), "twice").to.deep.equal([]);
      expect(messages({ ...missed, endReason: "EXPIRED" }), "used").to.deep.equal([]);
    });

    it("may be lost by a buyer who polls late, has left, or has a newer place", async () => {
      await join(1_000, answered("1:700"));
      await poll(1_001 + PAUSE_MS + GRACE_MS, "1:700", ended);
      await join(4_000, answered("1:800"));
      await poll(4_100, "1:700", ended);
      await join(5_000, answered("2:900"));
      await at(5_100, { method: "DELETE", path: "/queue/tokens/me", token: "2:900" }, GONE);
      await poll(5_200, "2:900", ended);
      expect(messages(missed, letIn(900, 5_050))).to.deep.equal([]);
    });

    it("may be lost after a loss of Redis since the last answer", async () => {
      await join(1_000, answered("1:700"));
      nowMs = 1_200;
      line.redisLost();
      await poll(1_400, "1:700", ended);
      expect(messages(missed)).to.deep.equal([]);
    });

    it("does not count as overtaken by the buyers who were admitted meanwhile", async () => {
      await join(1_000, answered("1:700"));
      await poll(2_000, "1:700");
      expect(messages(missed, letIn(701, 1_500))).to.deep.equal([]);
      expect(messages(letIn(701, 1_500))).to.deep.equal([OVERTAKEN]);
    });
  });

  it("ignores refusals, failures and DELETE requests", async () => {
    await join(1_000, { kind: "failed", failure: "timeout", status: undefined, retryAfterMs: 1 });
    const refused = { kind: "refused", status: 400, body: {}, retryAfterMs: 1 } as const;
    await poll(1_500, "1:700", refused);
    await at(2_000, { method: "DELETE", path: "/queue/tokens/me" }, GONE);
    expect(messages(letIn(701, 1_700))).to.deep.equal([]);
  });
});
