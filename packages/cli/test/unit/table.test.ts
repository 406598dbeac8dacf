import { expect } from "chai";
import stringWidth from "string-width";
import { table } from "../../src/terminal/table.ts";

describe("table on a terminal", () => {
  const long =
    "a sentence that is much longer than any terminal of eighty columns would be ".repeat(3);

  it("wraps its widest columns so that every line fits", () => {
    const drawn = table(["ID", "WHAT", "WHY"], [["1", long, `x${"y".repeat(200)}`]], 80);
    for (const line of drawn.split("\n")) expect(stringWidth(line)).to.be.at.most(80);
    expect(drawn.replaceAll(/\s+/g, "")).to.include("y".repeat(200).slice(0, 20));
  });

  it("keeps one line for each row when the table fits", () => {
    expect(
      table(
        ["ID", "TITLE"],
        [
          ["1", "밤"],
          ["22", "Night"],
        ],
        80,
      ),
    ).to.equal("ID  TITLE\n1   밤\n22  Night");
  });

  it("puts ids that do not fit on a line of their own, so that they can be copied", () => {
    const id = "019a0e52-7c1f-7000-8000-000000000001";
    const other = `relay-${id}`;
    const head = ["JOB", "PLANNED", "OPERATION", "STATUS", "BEFORE"];
    const rows = [
      [id, "2026-11-28T10:00:00", "outbox.replay-all", "STOPPED", "-"],
      [other, "2026-11-28T10:00:01", "queue.drain", "DONE", id],
    ];
    expect(table(head, rows, 140)).to.include(`${other}  2026-11-28T10:00:01`);
    const lines = table(head, rows, 80).split("\n");
    expect(lines[1]).to.equal("  JOB  BEFORE");
    expect(lines[3]).to.equal(`  ${id}  -`);
    expect(lines[5]).to.equal(`  ${other}  ${id}`);
  });

  it("shows the control characters of a stored text", () => {
    const drawn = table(["TITLE"], [["\u001b[2Jgone\u202e\u0007"]], 80);
    expect(drawn).to.equal("TITLE\n\\u001b[2Jgone\\u202e\\u0007");
  });
});
