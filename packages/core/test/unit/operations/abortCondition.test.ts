import { expect } from "chai";
import { parseAbortCondition, readAbortCondition } from "../../../src/operations/abortCondition.ts";
import { InvalidInputError } from "../../../src/shared/errors.ts";
import { reportApi } from "../../support/apiProcesses.ts";
import { chargedUser } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("a condition of --abort-if", () => {
  const current = useMemoryCore();
  const read = (text: string) => readAbortCondition(current().core, parseAbortCondition(text));
  const report = (processName: string, accepted: Readonly<Record<string, number>>) =>
    reportApi(current().core, {
      ...{ processName, holds: { windowMs: 10_000, accepted, refused: 7 } },
    });

  for (const text of ["holds.p95", "holds.p95>300", "holds.p99>1s", "dead>1s", "dead=1", ""]) {
    it(`refuses "${text}"`, () => {
      expect(() => parseAbortCondition(text)).to.throw(InvalidInputError, "holds.p95 (a time)");
    });
  }

  it("compares a figure with its bound in any unit of time", async () => {
    const { core, clock } = current();
    await chargedUser(core);
    clock.pass(40_000);
    const wanted = { holds: true, read: "outbox.oldest is 40000 ms" };
    expect(await read(" outbox.oldest > 30s ")).to.include({
      text: "outbox.oldest > 30s",
      ...wanted,
    });
    expect(await read("outbox.oldest>1min")).to.include({ holds: false });
    expect(await read("outbox.pending<1")).to.include({ value: 1, holds: false });
  });

  it("reads the percentile of the holds of all API processes together", async () => {
    await report("a:1", { "32": 1_900 });
    await report("b:2", { "32": 50, "80": 50 });
    expect(await read("holds.p95>300ms")).to.deep.equal({
      ...{ text: "holds.p95>300ms", value: 16, holds: false, read: "holds.p95 is 16 ms" },
    });
    await report("b:2", { "80": 101 });
    expect(await read("holds.p95>1s")).to.include({ value: 1024, holds: true });
  });

  it("does not hold while its figure has no value, and says why", async () => {
    const { clock } = current();
    const none = { value: undefined, holds: false };
    const noProcess = "holds.p95 has no value yet: no API process reports its holds";
    expect(await read("holds.p95<1s")).to.include({ ...none, read: noProcess });
    await report("a:1", {});
    expect(await read("holds.p95<1s")).to.include({
      ...none,
      read: "holds.p95 has no value yet: the API processes accepted no hold in the last seconds",
    });
    await report("a:1", { "80": 10 });
    expect(await read("holds.p95<2s")).to.include({ holds: true });
    clock.pass(10_001);
    expect(await read("holds.p95<2s"), "the process is silent").to.include({ read: noProcess });
  });
});
