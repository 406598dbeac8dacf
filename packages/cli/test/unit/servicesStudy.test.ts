import { TABLE_OWNERS } from "@onsale/simulator/services";
import { expect } from "chai";
import { readOwnership } from "../../src/study/services/readOwnership.ts";

describe("the owners of tables", () => {
  it("reads from the sources that a payment writes tables of the reservations", async () => {
    const ownership = await readOwnership();
    const payment = ownership.find(({ folder }) => folder === "payment");
    expect(payment?.writes).to.include.members(["payments", "point_entries", "reservations"]);
    // The joined UPDATE reads the seat links and writes the seats.
    expect(payment?.writes).to.include("seats");
    expect(payment?.topics).to.include.members(["payment", "point-account", "reservation"]);
    const point = ownership.find(({ folder }) => folder === "point");
    expect(point?.writes).to.deep.equal(["point_accounts", "point_entries"]);
  });

  it("name a folder for each table that a folder writes", async () => {
    const written = (await readOwnership()).flatMap(({ writes }) => writes);
    expect(written.filter((table) => !TABLE_OWNERS.has(table))).to.deep.equal([]);
  });
});
