import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { drawSeatMap, type MappedSeat, seatCounts } from "../../src/terminal/seatMap.ts";

const seats: readonly MappedSeat[] = [
  { seatNo: "A-2", status: "SOLD" },
  { seatNo: "A-10", status: "HELD" },
  { seatNo: "A-1", status: "AVAILABLE" },
  { seatNo: "BB-1", status: "AVAILABLE" },
  { seatNo: "BB-2", status: "BLOCKED" },
];

describe("drawSeatMap", () => {
  it("draws a line for each row, its seats in the order of their numbers", () => {
    expect(stripVTControlCharacters(drawSeatMap(seats))).to.equal(" A .#       h\nBB .x");
  });

  it("draws a seat with a letter after its number beside that number", () => {
    const row = ["B-1", "B-2A", "B-2", "B-3", "A-1B"].map((seatNo, at) => ({
      ...{ seatNo, status: at === 1 ? ("SOLD" as const) : ("AVAILABLE" as const) },
    }));
    expect(stripVTControlCharacters(drawSeatMap(row))).to.equal("B ..#.\nA .");
  });

  it("wraps a row that is longer than a line of the terminal", () => {
    const long = Array.from({ length: 100 }, (_, index) => ({
      seatNo: `A-${index + 1}`,
      status: "AVAILABLE" as const,
    }));
    const lines = stripVTControlCharacters(drawSeatMap(long)).split("\n");
    expect(lines.map((line) => line.length)).to.deep.equal([72, 32]);
  });

  it("leaves a gap where no seat has a number, and shortens a long gap", () => {
    const aisle = ["A-1", "A-2", "A-5", "A-200"].map((seatNo) => ({
      ...{ seatNo, status: "SOLD" as const },
    }));
    expect(stripVTControlCharacters(drawSeatMap(aisle))).to.equal("A ##  # (194) #");
  });

  it("aligns rows with wide names and shows control characters", () => {
    const wide = ["가-1", "A-1", "\u001b[31mB-1"].map((seatNo) => ({
      ...{ seatNo, status: "AVAILABLE" as const },
    }));
    const lines = stripVTControlCharacters(drawSeatMap(wide)).split("\n");
    expect(lines[0]).to.equal("         가 .");
    expect(lines[1]).to.equal("          A .");
    expect(lines[2]).to.equal("\\u001b[31mB .");
  });

  it("draws nothing for a hall without seats", () => {
    expect(drawSeatMap([])).to.equal("");
  });
});

describe("seatCounts", () => {
  it("counts the seats in each state", () => {
    expect(seatCounts(seats)).to.deep.equal({ AVAILABLE: 2, HELD: 1, SOLD: 1, BLOCKED: 1 });
  });
});
