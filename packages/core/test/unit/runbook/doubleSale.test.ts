import { expect } from "chai";
import { damageFindings } from "../../../src/diagnosis/invariantFindings.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { chargedUser, held, makeSale, paid } from "../../support/fixtures.ts";
import { plantDamage } from "../../support/memoryInvariantFixture.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "double-sale";
const subject = QUEUE_ID;
const acknowledge = { manual: async () => true };
const FREE = { status: "AVAILABLE", reservationId: null, holdExpiresAtUs: null } as const;

describe("the runbook double-sale", () => {
  const current = useMemoryQueue({}, { isDamaged: true });
  const worker = useWorkerLoops(current);
  let seatId = 0;
  let reservationId = 0;
  const modeOf = async () => (await current().stats()).settings.mode;
  const statusOf = async () =>
    (await current().core.reservations.find(null, reservationId))?.status;
  const prepareSeat = async () => {
    await current().promote();
    await worker.start();
    const { seatIds } = await makeSale(current().core, 2);
    [seatId = 0] = seatIds;
    return chargedUser(current().core);
  };
  /** A seat is for sale although a buyer holds it. */
  const prepare = async () => {
    reservationId = await held(current().core, await prepareSeat(), [seatId]);
    await plantDamage(current().servers, ({ update }) => update("seats", { id: seatId }, FREE));
    const [found] = await damageFindings(current().core);
    expect(found).to.include({ code: "SEAT_RIGHTS_BROKEN", runbook });
    expect(found?.message).to.include(`"reservationId":${reservationId}`);
    return subject;
  };

  runbookCases({
    ...{ runbook, current, handlers: acknowledge, prepare, breaks: ["I1"] },
    read: async () => [await modeOf(), await statusOf()],
    async disturb() {
      await current().clock.sleep(current().core.config.hold.ttlMs + 60_000);
    },
    async expectDone() {
      expect([await modeOf(), await statusOf()]).to.deep.equal(["open", "EXPIRED"]);
      await expectInvariants(current().core);
    },
  });

  it("stays paused with the evidence when a paid seat is for sale again", async () => {
    ({ reservationId } = await paid(current().core, await prepareSeat(), [seatId]));
    await plantDamage(current().servers, ({ update }) => update("seats", { id: seatId }, FREE));
    const planned = await planRunbook(current().core, { runbook, subject });
    const report = await runBook(current(), planned, { handlers: acknowledge });
    expect(report).to.include({ status: "FAILED", failedStep: "one-sale-per-seat" });
    expect(report.verifications[0]?.read).to.include(`"reservationId":${reservationId}`);
    expect([await modeOf(), await statusOf()]).to.deep.equal(["paused", "CONFIRMED"]);
  });
});
