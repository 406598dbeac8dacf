import { expect } from "chai";
import { loopRuns } from "../../../src/runbook/readings/workerReadings.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const ID = "0c7f4b0e-0000-7000-8000-000000000001";
const OTHER_ID = "0c7f4b0e-0000-7000-8000-000000000002";

describe("the condition that a loop makes progress", () => {
  const current = useMemoryCore();
  const look = () => loopRuns("promotion").look({ core: current().core, subject: "" });

  /** A heartbeat of a worker whose loop completed an iteration so long ago. */
  const beat = (ageMs: number, id = ID) =>
    current().core.workers.beat({ id, processName: "w", loops: { promotion: ageMs } });

  /** Looks while the worker sends another heartbeat between the two looks. */
  async function lookWith(second: () => Promise<unknown>) {
    const { core } = current();
    const clock = {
      ...core.clock,
      async sleep(ms: number) {
        await core.clock.sleep(ms);
        await second();
      },
    };
    return loopRuns("promotion").look({ core: { ...core, clock }, subject: "" });
  }

  it("is true when an iteration ends between two looks", async () => {
    await beat(300);
    expect(await lookWith(() => beat(200))).to.include({ holds: true });
  });

  it("is not true for a loop that hung a moment ago", async () => {
    await beat(300);
    expect(await lookWith(() => beat(4_300))).to.include({ holds: false });
  });

  it("is not true for a worker that has just restarted", async () => {
    await beat(300);
    expect(await lookWith(() => beat(0, OTHER_ID))).to.include({ holds: false });
  });

  it("is not true without a live worker, or after an old iteration", async () => {
    expect((await look()).read).to.equal("no live worker has this loop");
    await beat(11_000);
    expect(await look()).to.deep.equal({ holds: false, read: "last iteration 11 s ago" });
  });
});
