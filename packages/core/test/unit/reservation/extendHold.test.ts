import { expect } from "chai";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { extendHold } from "../../../src/reservation/extendHold.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { EXTENSION_SETTINGS, holdExtensionCases } from "../../support/holdExtensionCases.ts";
import { type MemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";

describe("extensions of a hold", () => {
  const current = useMemoryCore(EXTENSION_SETTINGS);
  holdExtensionCases(current, async (ms) => {
    current().clock.pass(ms);
  });

  it("are refused once the performance has started", async () => {
    const { core, clock } = current();
    const userId = await chargedUser(core);
    const startsAt = new Date(clock.nowMs() + 30_000);
    const { seatIds } = await makeSale(core, 1, { startsAt });
    const reservationId = await held(core, userId, seatIds);
    clock.pass(30_000);
    const failure = await failureOf(extendHold(core, { userId, reservationId }));
    expect(codeOf(failure)).to.equal("PERFORMANCE_STARTED");
  });
});

describe("extensions of a hold where they are switched off", () => {
  const current = useMemoryCore({ HOLD_EXTENSION_MAX_MS: "0" });

  it("are refused, and change nothing", async () => {
    const { core, clock } = current();
    const userId = await chargedUser(core);
    const { seatIds } = await makeSale(core, 1);
    const reservationId = await held(slow(current()), userId, seatIds);
    const before = await core.reservations.find(null, reservationId);
    clock.pass(1_000);
    const failure = await failureOf(extendHold(core, { userId, reservationId }));
    expect(codeOf(failure)).to.equal("HOLD_EXTENSION_LIMIT");
    expect(await core.reservations.find(null, reservationId)).to.deep.equal(before);
  });
});

/** A process whose reservations are created some time after the end of their hold was computed. */
function slow({ core, clock }: MemoryTestCore): CoreContext {
  const { insert } = core.reservations;
  const reservations: CoreContext["reservations"] = {
    ...core.reservations,
    async insert(tx, reservation) {
      clock.pass(3);
      return insert(tx, reservation);
    },
  };
  return { ...core, reservations };
}
