import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { drawSeatMap, type MappedSeat, seatCounts } from "../../src/terminal/seatMap.ts";

const seats: readonly MappedSeat[] = [
  { seatNo: "A-2", status: "SOLD" },
  { seatNo: "A-10", status: "HELD" },
  { seatNo: "A-1", status: "AVAILABLE" },
  { seatNo: "BB-1", status: "AVAILABLE" },
];

describe("drawSeatMap", () => {
  it("draws a line for each row, with its seats in the order of their numbers", () => {
    expect(stripVTControlCharacters(drawSeatMap(seats))).to.equal(" A .#h\nBB .");
  });

  it("wraps a row that is longer than a line of the terminal", () => {
    const long = Array.from({ length: 100 }, (_, index) => ({
      seatNo: `A-${index + 1}`,
      status: "AVAILABLE" as const,
    }));
    const lines = stripVTControlCharacters(drawSeatMap(long)).split("\n");
    expect(lines.map((line) => line.length)).to.deep.equal([72, 32]);
  });

  it("draws nothing for a hall without seats", () => {
    expect(drawSeatMap([])).to.equal("");
  });
});

describe("seatCounts", () => {
  it("counts the seats in each state", () => {
    expect(seatCounts(seats)).to.deep.equal({ AVAILABLE: 2, HELD: 1, SOLD: 1 });
  });
});
