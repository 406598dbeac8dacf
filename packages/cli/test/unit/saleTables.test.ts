import type { DescribedSale, LedgerEntry, Reservation } from "@onsale/core";
import { expect } from "chai";
import { drawReconciled, ledgerTable } from "../../src/sale/drawPoints.ts";
import { drawSale, reservationTable } from "../../src/sale/drawSale.ts";
import { pointChange } from "../../src/sale/pointChange.ts";

const AT = new Date("2026-11-28T10:00:00Z");
const BIG = 9_007_199_254_740_991;

const reservation: Reservation = {
  ...{
    id: 17_000_001,
    userId: 4_200_001,
    performanceId: 300,
    queueId: "main",
    status: "CONFIRMED",
  },
  ...{ concertId: 2, title: "Rush", singer: "Ada", venue: "Hall" },
  ...{ timeZone: "UTC", utcOffsetMinutes: 0 },
  ...{ performanceStartsAt: AT, amount: 4_000_000_000, expiresAt: AT, createdAt: AT, version: 2 },
  seats: [
    { seatId: 1, seatNo: "A-12", section: "Floor", row: "A", price: 1_000_000_000 },
    { seatId: 2, seatNo: "\u001b[31mA-13", section: "Floor", row: "A", price: 3_000_000_000 },
  ],
  overdue: false,
};
const entry: LedgerEntry = {
  ...{ id: 4_711_000, userId: 4_200_001, kind: "ADJUST_DEBIT", amount: 200, balanceAfter: 98_000 },
  ...{ accountVersion: 3, entryKey: "adjust:job:x", reservationId: undefined, adjustAudit: 17 },
  createdAt: AT,
};
const sale: DescribedSale = {
  reservation,
  seats: reservation.seats.map(({ seatId, seatNo, price }) => ({
    ...{ id: seatId, seatNo, price, performanceId: 300, status: "SOLD", version: 2 },
    ...{ section: "Floor", row: "A", accessible: false },
    ...{ reservationId: reservation.id, holdExpiresAt: undefined },
  })),
  payment: {
    ...{ id: 9, reservationId: reservation.id, userId: 4_200_001, amount: 4_000_000_000 },
    ...{ partlyRefunded: 0, status: "CAPTURED", version: 1 },
    ...{ capturedAt: AT, refundedAt: undefined },
  },
  entries: [entry],
  messages: [],
  possible: { operation: "payment.refund", why: "The reservation is paid; only a refund ends it" },
};

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

describe("the tables of sales and points", () => {
  it("fit into 80 columns", () => {
    const rich = { ...entry, balanceAfter: BIG };
    for (const text of [drawSale(sale), reservationTable([reservation]), ledgerTable([rich])]) {
      expect(widest(text), text).to.be.at.most(80);
    }
  });

  it("show control characters of stored texts", () => {
    expect(drawSale(sale)).to.include("\\u001b[31mA-13");
    expect(reservationTable([reservation])).to.not.include("\u001b[31mA");
  });

  it("name the command that is possible, and the reference of an adjustment", () => {
    expect(drawSale(sale).replace(/\s+/g, " ")).to.include("onsale payment refund 9");
    expect(ledgerTable([entry])).to.match(/ADJUST_DEBIT +-200 +\d+ +audit record 17/);
  });

  it("mark an overdue hold", () => {
    const overdue: Reservation = { ...reservation, status: "PENDING", overdue: true };
    expect(reservationTable([overdue])).to.include("OVERDUE");
  });
});

describe("drawReconciled", () => {
  const same = { userId: 42, balance: 5, entriesSum: 5, entryCount: 1, paymentCount: 0 };

  it("says that there is no difference, or names each one", () => {
    expect(drawReconciled({ ...same, differences: [] })).to.include("No difference");
    const difference = {
      invariant: "I3",
      message: "the sum is wrong",
      ids: { userId: 42 },
    } as const;
    const text = drawReconciled({ ...same, differences: [difference] });
    expect(text).to.include("I3: the sum is wrong: userId 42").and.not.include("No difference");
  });
});

describe("pointChange", () => {
  it("reads a change with its sign", () => {
    expect(pointChange("+500")).to.equal(500);
    expect(pointChange("-200")).to.equal(-200);
  });

  it("refuses a change without a sign, without a value and of nothing", () => {
    for (const text of ["500", "+", "", "+0", "-1.5", "+1e3", "--5"]) {
      expect(() => pointChange(text), text).to.throw(/with its sign/);
    }
  });
});
