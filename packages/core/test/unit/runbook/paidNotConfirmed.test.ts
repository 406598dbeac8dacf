import { expect } from "chai";
import { damageFindings } from "../../../src/diagnosis/invariantFindings.ts";
import type { ReservationStatus } from "../../../src/ports/reservationStore.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { chargedUser, makeSale, paid } from "../../support/fixtures.ts";
import { plantDamage } from "../../support/memoryInvariantFixture.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";

const runbook = "paid-not-confirmed";
const subject = QUEUE_ID;

describe("the runbook paid-not-confirmed", () => {
  const current = useMemoryQueue({}, { isDamaged: true });
  let reservationId = 0;
  const modeOf = async () => (await current().stats()).settings.mode;
  const statusOf = async () =>
    (await current().core.reservations.find(null, reservationId))?.status;
  const setStatus = (status: ReservationStatus) =>
    plantDamage(current().servers, ({ update }) =>
      update("reservations", { id: reservationId }, { status }),
    );
  const handlers = {
    /** The owner of the database restores the row. */
    async manual({ step }: ManualRequest) {
      if (step.name === "settle-buyers") await setStatus("CONFIRMED");
      return false;
    },
  };
  const prepare = async () => {
    const { core } = current();
    await current().promote();
    const { seatIds } = await makeSale(core, 1);
    ({ reservationId } = await paid(core, await chargedUser(core), seatIds));
    await setStatus("EXPIRED");
    const found = await damageFindings(core);
    const [own] = found.filter((one) => one.runbook === runbook);
    expect(own).to.include({ code: "SALE_INCONSISTENT" });
    expect(own?.message).to.include(`"reservationId":${reservationId}`);
    return subject;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, breaks: ["I1", "I2", "I4", "I5", "I9"] },
    read: async () => [await modeOf(), await statusOf()],
    disturb: () => setStatus("CONFIRMED"),
    async expectDone() {
      expect([await modeOf(), await statusOf()]).to.deep.equal(["open", "CONFIRMED"]);
      await expectInvariants(current().core);
    },
  });

  it("stops paused with the instruction while nothing was settled", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook, subject });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("settle-buyers").and.include(`${reservationId}`);
    expect([await modeOf(), await statusOf()]).to.deep.equal(["paused", "EXPIRED"]);
  });
});
