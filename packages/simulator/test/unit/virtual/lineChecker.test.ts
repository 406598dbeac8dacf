import { expect } from "chai";
import type { TransportAnswer, TransportRequest } from "../../../src/actors/httpTransport.ts";
import { type LineChecker, lineChecker } from "../../../src/virtual/lineChecker.ts";

/** What a poll needs to be on time, ms. */
const RETURNS_WITHIN_MS = 3_000;
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
    });
  });

  const told = (token: string, status = "WAITING"): TransportAnswer => ({
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
  const poll = (ms: number, token: string, outcome = told(token)) =>
    at(ms, { method: "GET", path: "/queue/tokens/me", token }, outcome);
  const join = (ms: number, outcome: TransportAnswer) =>
    at(ms, { method: "POST", path: "/queue/tokens", body: {} }, outcome);
  const letIn = (sequence: number, ms: number) => ({
    userId: 9,
    sequence,
    admittedAtUs: ms * 1000,
  });
  const messages = (...admissions: ReturnType<typeof letIn>[]) =>
    line.violations(admissions).map(({ check, message }) => `${check}: ${message}`);
  const OVERTAKEN = "line: somebody behind was let in while the buyer waited and came back in time";

  it("finds who was let in from behind between two polls", async () => {
    await join(1_000, told("1:700"));
    await poll(2_000, "1:700");
    await poll(3_000, "1:700");
    expect(messages(letIn(701, 2_500))).to.deep.equal([OVERTAKEN]);
    expect(messages(letIn(699, 2_500)), "from ahead").to.deep.equal([]);
    expect(messages(letIn(701, 900), letIn(701, 3_500)), "at other times").to.deep.equal([]);
  });

  it("says nothing of who did not come back in time, or was let in meanwhile", async () => {
    await join(1_000, told("1:700"));
    await poll(1_000 + RETURNS_WITHIN_MS + 1, "1:700");
    await poll(5_000, "1:700", told("1:700", "ACTIVE"));
    await poll(6_000, "1:700");
    expect(messages(letIn(701, 2_000), letIn(701, 4_500), letIn(701, 5_500))).to.deep.equal([]);
  });

  it("says nothing of those let in before a loss, whose passes may have been lost", async () => {
    await join(1_000, told("1:700"));
    nowMs = 2_000;
    line.redisLost();
    await poll(3_000, "1:700");
    expect(messages(letIn(701, 1_500))).to.deep.equal([]);
    expect(messages(letIn(701, 2_500))).to.deep.equal([OVERTAKEN]);
  });

  it("finds who was set back, unless their place was used up", async () => {
    await join(1_000, told("1:700"));
    await poll(2_000, "1:700", told("1:800"));
    expect(messages()).to.deep.equal([
      "line: a buyer showed a place and was told one further back",
    ]);
    expect(messages(letIn(700, 1_500))).to.deep.equal([]);
  });

  it("takes no refusal, no failure and no leaving for an answer about a place", async () => {
    await join(1_000, { kind: "failed", failure: "timeout", status: undefined, retryAfterMs: 1 });
    const refused = { kind: "refused", status: 400, body: {}, retryAfterMs: 1 } as const;
    await poll(1_500, "1:700", refused);
    await at(2_000, { method: "DELETE", path: "/queue/tokens/me" }, GONE);
    expect(messages(letIn(701, 1_700))).to.deep.equal([]);
  });
});
