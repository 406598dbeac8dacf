import { expect } from "chai";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { newUserId, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

/** Browsers run the timers of a page in the background once a minute, and not exactly then. */
const TIMER_MS = 60_000;

describe("a buyer whose page is in the background and polls once a minute", () => {
  describe("with the default settings", () => {
    const current = useMemoryCore();

    for (const lateMs of [0, 1_000, 15_000]) {
      it(`activates the admission with a poll that is ${lateMs} ms late`, async () => {
        const { core, clock } = current();
        const place = { queueId: QUEUE_ID, userId: newUserId() };
        const { token } = await joinQueue(core, place);
        await promoteWaiting(core, { queueId: QUEUE_ID });
        clock.pass(TIMER_MS + lateMs);
        await promoteWaiting(core, { queueId: QUEUE_ID });
        expect(await queueStatus(core, { ...place, token })).to.include({ status: "ACTIVE" });
      });
    }
  });

  describe("with an activation time of a minute", () => {
    const current = useMemoryCore({ QUEUE_ACTIVATION_MS: String(TIMER_MS) });

    it("returns to the head of the line once, and does not join at the end", async () => {
      const { core, clock } = current();
      const place = { queueId: QUEUE_ID, userId: newUserId() };
      const first = await joinQueue(core, place);
      await promoteWaiting(core, { queueId: QUEUE_ID });
      clock.pass(TIMER_MS + 1);
      await promoteWaiting(core, { queueId: QUEUE_ID });
      await joinQueue(core, { queueId: QUEUE_ID, userId: newUserId() });
      const back = await queueStatus(core, { ...place, token: first.token });
      expect(back).to.include({ status: "WAITING", position: 1 });
      await promoteWaiting(core, { queueId: QUEUE_ID });
      const active = await queueStatus(core, { ...place, token: back.token });
      expect(active).to.include({ status: "ACTIVE" });
    });
  });
});
