import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { isSameProcess, processIdentity, startTicksOf } from "../../src/processIdentity.ts";
import { isLeftOverTestStack } from "../../src/stackDown.ts";

const fieldsAfterName = (state: string, ticks: string, threadCount = 1): string =>
  `${state} 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ${threadCount} 21 ${ticks} 23 24`;

describe("isLeftOverTestStack", () => {
  it("takes a stack whose process is gone, and none of a living one or of a person", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(isLeftOverTestStack(`test-redis-${child.pid}-1`)).to.equal(true);
    expect(isLeftOverTestStack(`test-redis-${process.pid}-1`)).to.equal(false);
    expect(isLeftOverTestStack("dev")).to.equal(false);
    expect(isLeftOverTestStack("tests")).to.equal(false);
  });
});

describe("processIdentity", () => {
  it("reads the start ticks behind a command name with spaces and brackets", () => {
    expect(startTicksOf(`42 (my (odd) name) ${fieldsAfterName("S", "987654")}`)).to.equal("987654");
  });

  it("takes a zombie for gone", () => {
    expect(startTicksOf(`42 (node) ${fieldsAfterName("Z", "987654")}`)).to.equal(undefined);
  });

  it("takes a dying process whose threads still hold its ports for running", () => {
    const line = `42 (java) ${fieldsAfterName("Z", "987654", 30)}`;
    expect(startTicksOf(line)).to.equal("987654");
  });

  it("takes a paused process for running", () => {
    expect(startTicksOf(`42 (node) ${fieldsAfterName("T", "987654")}`)).to.equal("987654");
  });

  it("knows this process again, and not under another start time", () => {
    const identity = processIdentity(process.pid);
    expect(identity).to.be.a("string");
    expect(isSameProcess(process.pid, identity ?? "")).to.equal(true);
    expect(isSameProcess(process.pid, `${identity}1`)).to.equal(false);
  });

  it("knows no process that has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(processIdentity(child.pid ?? 0)).to.equal(undefined);
  });
});
