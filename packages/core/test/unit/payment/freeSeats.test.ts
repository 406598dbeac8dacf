import { expect } from "chai";
import { checkInvariants } from "../../../src/invariants/checkInvariants.ts";
import { PAYMENT_RULES } from "../../../src/invariants/paymentsMatchLedger.ts";
import { SALE_RULES } from "../../../src/invariants/soldSeatsArePaid.ts";
import { makeSale, newUserId, paid } from "../../support/fixtures.ts";
import { freeSeatCases } from "../../support/freeSeatCases.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("free seats", () => {
  freeSeatCases(useMemoryCore());
});

describe("the invariants of a sale of free seats", () => {
  const current = useMemoryCore({}, { isDamaged: true });

  /** Pays a free seat, damages the sale, and returns the violations of one invariant. */
  async function violationsOf(
    id: "I2" | "I4",
    damage: (ids: { paymentId: number; reservationId: number; userId: number }) => unknown,
  ): Promise<readonly string[]> {
    const { core } = current();
    const userId = newUserId();
    const { seatIds } = await makeSale(core, 1, { price: 0 });
    await damage({ userId, ...(await paid(core, userId, seatIds)) });
    const report = await checkInvariants(core, { ids: [id] });
    return report.results.flatMap(({ violations }) => violations.map(({ message }) => message));
  }

  it("find a confirmed reservation without a payment", async () => {
    const found = await violationsOf("I2", ({ paymentId }) => {
      const { payments } = current().servers.database.tables;
      return current().servers.database.autocommit((s) =>
        s.remove(payments.of([paymentId]), () => true),
      );
    });
    expect(found).to.deep.equal([SALE_RULES.confirmedUnpaid]);
  });

  it("find points that were spent for it", async () => {
    const found = await violationsOf("I4", async ({ userId, reservationId }) => {
      const { core } = current();
      const entry = { userId, reservationId, amount: 5 };
      await core.withTransaction(async (tx) => {
        await core.ledger.post(tx, { userId, amount: 5, kind: "CHARGE", entryKey: "charge:free" });
        await core.ledger.post(tx, { ...entry, kind: "SPEND", entryKey: "spend:free" });
      });
    });
    expect(found).to.include.members([PAYMENT_RULES.spend, PAYMENT_RULES.total]);
  });
});
