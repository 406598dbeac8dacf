import { expect } from "chai";
import { type DiagnoseInput, diagnose } from "../../../src/diagnosis/diagnose.ts";
import type { ServerInspection } from "../../../src/ports/serverInspection.ts";
import { useMemoryQueue } from "../../support/memoryQueue.ts";

const UP: readonly ServerInspection[] = (["mysql", "redis", "kafka"] as const).map((server) => ({
  ...{ server, reachable: true, settings: [], roundTripMs: 1, clockSkewMs: 0 },
}));
const TABLES = [
  ...["workers", "outbox", "holds", "notifications", "sales", "jobs", "queues", "load"],
];

describe("the checks that diagnose leaves out", () => {
  const current = useMemoryQueue();
  const leftOut = async (more: Partial<DiagnoseInput>) => {
    const schema = { executed: ["0001"], pending: [], unknown: [] };
    const input = { inspections: UP, schema, invariants: "now" as const, ...more };
    return (await diagnose(current().core, input)).leftOut;
  };
  const without = (name: string) =>
    leftOut({ inspections: UP.map((one) => ({ ...one, reachable: one.server !== name })) });

  it("are those that need a server that is down", async () => {
    expect(await without("mysql")).to.deep.equal([...TABLES, "invariants"]);
    expect(await without("redis")).to.deep.equal(["queues", "load", "api processes"]);
    expect(await without("kafka")).to.deep.equal(["consumers"]);
    expect(await without("none")).to.deep.equal([]);
  });

  it("are those of the tables while a migration is pending", async () => {
    const schema = { executed: [], pending: ["0007-workers"], unknown: [] };
    expect(await leftOut({ schema })).to.deep.equal([...TABLES, "invariants"]);
    expect(await leftOut({ schema, invariants: "skip" })).to.deep.equal(TABLES);
  });
});
