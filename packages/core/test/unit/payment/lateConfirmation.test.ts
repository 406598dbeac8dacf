import { expect } from "chai";
import { directLink, type ServerLink } from "../../../src/adapters/memory/serverLink.ts";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { chargedUser, held, makeSale } from "../../support/fixtures.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const BUYERS = 8;
const HOLD_TTL_MS = 5_000;

describe("payments of one group whose holds expire while they are confirmed", () => {
  it("are refused, although the holds were good when the group locked them", async () => {
    let passTime = (): void => {};
    let lockedGroups = 0;
    const link: ServerLink = {
      async call(server, point, work) {
        const answer = await directLink.call(server, point, work);
        // The next statement arrives late.
        if (point === "reservations.confirm:lock") {
          lockedGroups += 1;
          passTime();
        }
        return answer;
      },
    };
    const settings = { HOLD_TTL_MS: String(HOLD_TTL_MS) };
    const { core, clock } = openMemoryTestCore(settings, { link });
    const { seatIds } = await makeSale(core, BUYERS);
    const holds = await Promise.all(
      seatIds.map(async (seatId) => {
        const userId = await chargedUser(core);
        return { userId, reservationId: await held(core, userId, [seatId]) };
      }),
    );
    passTime = () => clock.pass(HOLD_TTL_MS);
    const paid = await Promise.allSettled(holds.map((hold) => payReservation(core, hold)));
    expect(lockedGroups).to.be.above(0);
    const refused = paid.filter(({ status }) => status === "rejected");
    expect(refused).not.to.have.length(0);
    for (const one of refused) {
      expect(one).to.have.nested.property("reason.code", "HOLD_EXPIRED");
    }
    await expectInvariants(core);
  });
});
