import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { isSameProcess, processIdentity, startTicksOf } from "../../src/processIdentity.ts";
import { isLeftOverTestStack } from "../../src/stackDown.ts";

const fieldsAfterName = (state: string, ticks: string, threadCount = 1): string =>
  `${state} 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ${threadCount} 21 ${ticks} 23 24`;

describe("isLeftOverTestStack", () => {
  it("accepts a test stack whose process has ended, and no other stack", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(isLeftOverTestStack(`test-redis-${child.pid}-1`)).to.equal(true);
    expect(isLeftOverTestStack(`test-redis-${process.pid}-1`)).to.equal(false);
    expect(isLeftOverTestStack("dev")).to.equal(false);
    expect(isLeftOverTestStack("tests")).to.equal(false);
  });
});

describe("processIdentity", () => {
  it("reads the start ticks when the command name has spaces and brackets", () => {
    expect(startTicksOf(`42 (my (odd) name) ${fieldsAfterName("S", "987654")}`)).to.equal("987654");
  });

  it("treats a zombie process as ended", () => {
    expect(startTicksOf(`42 (node) ${fieldsAfterName("Z", "987654")}`)).to.equal(undefined);
  });

  it("treats a zombie process with running threads as running", () => {
    const line = `42 (java) ${fieldsAfterName("Z", "987654", 30)}`;
    expect(startTicksOf(line)).to.equal("987654");
  });

  it("treats a paused process as running", () => {
    expect(startTicksOf(`42 (node) ${fieldsAfterName("T", "987654")}`)).to.equal("987654");
  });

  it("recognises a process by its pid and its start time", () => {
    const identity = processIdentity(process.pid);
    expect(identity).to.be.a("string");
    expect(isSameProcess(process.pid, identity ?? "")).to.equal(true);
    expect(isSameProcess(process.pid, `${identity}1`)).to.equal(false);
  });

  it("returns no identity for a process that has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(processIdentity(child.pid ?? 0)).to.equal(undefined);
  });
});
