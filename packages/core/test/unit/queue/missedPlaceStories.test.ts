import { expect } from "chai";
import fc from "fast-check";
import { createConcert } from "../../../src/catalog/createConcert.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import type { QueueTicket } from "../../../src/queue/queueTicket.ts";
import { CoreError } from "../../../src/shared/errors.ts";
import { type MemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";

const ACTIVATION_MS = 5_000;
const LONG_PAUSE_MS = 600_000;
const settings = {
  activeCountMax: 2,
  admissionRatePerMinute: 600,
  activeTtlMs: 12_000,
  activationMs: ACTIVATION_MS,
};

interface Act {
  readonly act: string;
  readonly userId: number;
  readonly pick: number;
  readonly passedMs: number;
}

const acts = ["join", "joinWithToken", "poll", "poll", "leave", "promote", "promote", "lose"];

/** Acts of six users who keep every token that they have had. */
const story = fc.array(
  fc.record({
    act: fc.constantFrom(...acts),
    userId: fc.integer({ min: 1, max: 6 }),
    pick: fc.nat({ max: 100 }),
    passedMs: fc.constantFrom(300, 2_000, ACTIVATION_MS + 1, ACTIVATION_MS + 1),
  }),
  { minLength: 100, maxLength: 150, size: "max" },
);

describe("buyers who keep old tokens with long pauses", function () {
  // Thousands of acts take a second on an idle machine.
  this.timeout(60_000);
  const current = useMemoryCore();
  let queues = 0;

  async function openQueue({ core }: MemoryTestCore): Promise<string> {
    queues += 1;
    const queueId = `hall-${queues}`;
    await createConcert(core, { title: "Rush", singer: "Ada", queueId });
    await configureQueue(core, { queueId, settings });
    return queueId;
  }

  it("get no more than two admissions for a place", async () => {
    let secondAdmissions = 0;
    const { core, clock, servers } = current();
    const sequenceOf = (token: string) => core.tokens.verify(token).sequence;
    const play = async (acted: readonly Act[]) => {
      const queueId = await openQueue(current());
      const tokens = new Map<number, string[]>();
      const keep = ({ userId, status, token }: QueueTicket) => {
        const claims = core.tokens.verify(token);
        const longer = core.tokens.sign({ ...claims, pollAfterMs: LONG_PAUSE_MS });
        const kept = status === "WAITING" ? longer : token;
        tokens.set(userId, [...(tokens.get(userId) ?? []), kept]);
      };
      for (const { act, userId, pick, passedMs } of acted) {
        const own = tokens.get(userId) ?? [];
        const token = own[pick % Math.max(1, own.length)];
        const buyer = { queueId, userId };
        try {
          if (act === "join") keep(await joinQueue(core, buyer));
          if (act === "joinWithToken") keep(await joinQueue(core, { ...buyer, token }));
          if (act === "poll" && token) keep(await queueStatus(core, { ...buyer, token }));
          if (act === "leave" && pick < 30) await leaveQueue(core, { ...buyer, token });
          if (act === "promote") {
            clock.pass(passedMs);
            await promoteWaiting(core, { queueId });
            await promoteWaiting(core, { queueId });
          }
          if (act === "lose" && pick < 10) servers.redisState.lose();
        } catch (error) {
          // A token of a place that has ended is refused.
          if (!(error instanceof CoreError)) throw error;
        }
      }
      for (const sequence of new Set([...tokens.values()].flat().map(sequenceOf))) {
        const range = { fromSequence: sequence, untilSequence: sequence };
        const admissions = await core.admissions.countAdmissions(null, queueId, range);
        expect(admissions, `admissions of place ${sequence}`).to.be.at.most(2);
        if (admissions === 2) secondAdmissions += 1;
      }
    };
    await fc.assert(fc.asyncProperty(story, play), { numRuns: 150, endOnFailure: true });
    expect(secondAdmissions).to.be.above(10);
  });
});
