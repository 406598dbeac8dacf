import { expect } from "chai";
import { admitPayment } from "../../../src/payment/admitPayment.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { verifyQueueToken } from "../../../src/queue/verifyQueueToken.ts";
import { codeOf, failureOf, held, makeSeat, newUserId, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const NO_RESERVATION = 999;

describe("admitPayment", () => {
  const current = useMemoryCore();
  const userId = newUserId();
  const admit = async (token: string, reservationId: number) => {
    const { core } = current();
    return await admitPayment(core, verifyQueueToken(core, token), reservationId);
  };
  /** Puts the user in line. @returns the queue token */
  const join = async () => (await joinQueue(current().core, { queueId: QUEUE_ID, userId })).token;
  const hold = async (owner: number) =>
    held(current().core, owner, [await makeSeat(current().core)]);

  it("admits the buyer with an active place without reading the reservation", async () => {
    const { core, callsOf } = current();
    const token = await join();
    await promoteWaiting(core, { queueId: QUEUE_ID });
    const calls = await callsOf(async () => {
      const claims = await admit(token, NO_RESERVATION);
      const activeUntilMs = core.clock.nowMs() + core.config.queue.activeTtlMs;
      expect(claims).to.include({ userId, queueId: QUEUE_ID, activeUntilMs });
    });
    expect(calls).to.deep.equal(["redis queue.place"]);
  });

  const endAdmission = async (): Promise<string> => {
    const token = await join();
    await promoteWaiting(current().core, { queueId: QUEUE_ID });
    await leaveQueue(current().core, { queueId: QUEUE_ID, userId });
    return token;
  };
  const loseRedis = async (): Promise<string> => {
    const token = await join();
    current().loseCalls(/^redis/);
    return token;
  };
  const withoutActivePlace = [
    ["after the admission has ended", endAdmission, "QUEUE_TOKEN_EXPIRED"],
    ["while the buyer still waits", join, "QUEUE_TOKEN_NOT_ACTIVE"],
    ["while Redis does not answer", loseRedis, "DEPENDENCY_UNAVAILABLE"],
  ] as const;
  for (const [when, tokenOf, code] of withoutActivePlace) {
    it(`admits the buyer of the hold ${when}`, async () => {
      const reservationId = await hold(userId);
      const claims = await admit(await tokenOf(), reservationId);
      expect(claims).to.include({ userId, queueId: QUEUE_ID });
    });

    it(`refuses a buyer without a reservation ${when}`, async () => {
      const token = await tokenOf();
      expect(codeOf(await failureOf(admit(token, NO_RESERVATION)))).to.equal(code);
    });

    it(`refuses a buyer who names another buyer's hold ${when}`, async () => {
      const reservationId = await hold(newUserId());
      const token = await tokenOf();
      expect(codeOf(await failureOf(admit(token, reservationId)))).to.equal(code);
    });
  }

  it("refuses a token of another epoch, even from the buyer of the hold", async () => {
    const { core, callsOf } = current();
    const reservationId = await hold(userId);
    const claims = core.tokens.verify(await join());
    const token = core.tokens.sign({ ...claims, epoch: claims.epoch + 1 });
    const calls = await callsOf(async () => {
      expect(codeOf(await failureOf(admit(token, reservationId)))).to.equal("QUEUE_TOKEN_INVALID");
    });
    expect(calls).to.deep.equal([]);
  });
});
