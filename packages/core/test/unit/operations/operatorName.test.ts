import { expect } from "chai";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planOperation } from "../../../src/operations/planOperation.ts";
import { stopJob } from "../../../src/operations/stopJob.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const operation = findOperation("queue.configure");
const input = { queueId: QUEUE_ID, settings: { mode: "paused" } };

describe("the name of an operator", () => {
  const current = useMemoryQueue();

  async function executedBy(name: string): Promise<{ jobId: string; run: Promise<unknown> }> {
    const { core } = current();
    const jobId = (await planOperation(core, { operation, input })).job.id;
    const operator = { name, host: "ops-1", command: "onsale queue pause main --execute" };
    return { jobId, run: executeOperation(core, { operation, input, operator, jobId }) };
  }
  const auditOf = (jobId: string) => current().core.operations.listAudit(null, { jobId, max: 10 });

  for (const [what, name] of [
    ["spaces", "   "],
    ["101 characters", "😀".repeat(101)],
    ["a line break", "mina\njoon"],
    ["an escape", "mina\u001b[31m"],
    ["a character of no width", "mi\u200bna"],
    ["a right-to-left override", "\u202eanim"],
  ] as const) {
    it(`with ${what} is refused before the run begins, and for a stop`, async () => {
      const { core } = current();
      const { jobId, run } = await executedBy(name);
      const failure = await failureOf(run);
      expect(codeOf(failure)).to.equal("INVALID_INPUT");
      expect(String(failure)).to.include("the name of the operator");
      expect(await auditOf(jobId)).to.deep.equal([]);
      const stop = stopJob(core, { jobId, by: name, waitMs: 0 });
      expect(codeOf(await failureOf(stop))).to.equal("INVALID_INPUT");
    });
  }

  it("keeps emoji and scripts from right to left, in composed form", async () => {
    const { jobId, run } = await executedBy(" 👩🏽‍🚀 מינה محمد u\u0308 ");
    await run;
    const [{ operator } = { operator: undefined }] = await auditOf(jobId);
    expect(operator?.name).to.equal("👩🏽‍🚀 מינה محمد ü");
  });
});
