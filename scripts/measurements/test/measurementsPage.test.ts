import { expect } from "chai";
import { type Measured, measurementsPage } from "../measurementsPage.ts";

const machine = {
  processor: "Fast One",
  cores: 2,
  memoryGib: 7.75,
  system: "Linux 6.1",
  node: "v24.0.0",
  commit: "abc1234",
  date: "2026-11-28 17:00 UTC",
};

const measured: Measured = {
  title: "Holds per second",
  meaning: "What it means.",
  args: ["bench", "holds", "--rounds", "3"],
  output: "814 holds\n\n",
  seconds: 61.4,
  loadBefore: 0.1,
};

describe("the page of measurements", () => {
  it("names machine, date and commit", () => {
    const page = measurementsPage(machine, []);
    expect(page).to.include("| Machine | 2 cores, Fast One, 7.8 GiB of memory, Linux 6.1 |");
    expect(page).to.include("| Date | 2026-11-28 17:00 UTC |");
    expect(page).to.include("| Commit | abc1234 |");
  });

  it("shows each command with its output, duration and load", () => {
    const page = measurementsPage(machine, [measured]);
    expect(page).to.include("$ pnpm onsale bench holds --rounds 3\n814 holds\n```\n");
    const cost = "The run took 61 s. The load average before it was 0.1 on 2 cores.\n";
    expect(page).to.include(cost);
  });

  it("warns when other work ran before the command", () => {
    const page = measurementsPage(machine, [{ ...measured, loadBefore: 0.7 }]);
    expect(page).to.include("Other work ran at the same time");
  });
});
