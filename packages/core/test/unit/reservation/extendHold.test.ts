import { expect } from "chai";
import { extendHold } from "../../../src/reservation/extendHold.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { EXTENSION_SETTINGS, holdExtensionCases } from "../../support/holdExtensionCases.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

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
    const { core } = current();
    const userId = await chargedUser(core);
    const reservationId = await held(core, userId, (await makeSale(core, 1)).seatIds);
    const before = await core.reservations.find(null, reservationId);
    const failure = await failureOf(extendHold(core, { userId, reservationId }));
    expect(codeOf(failure)).to.equal("HOLD_EXTENSION_LIMIT");
    expect(await core.reservations.find(null, reservationId)).to.deep.equal(before);
  });
});
