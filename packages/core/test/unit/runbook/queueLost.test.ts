import { expect } from "chai";
import { queueFindings } from "../../../src/diagnosis/queueFindings.ts";
import { askWithRebuild } from "../../../src/queue/rebuildQueue.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { oneActiveTwoWaiting, placesOf } from "../../support/queuePlaces.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "queue-lost";

describe("the runbook queue-lost", () => {
  const current = useMemoryQueue({ activationMs: 3_600_000, activeTtlMs: 3_600_000 });
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual() {
      await worker.start();
      return false;
    },
  };
  let active = 0;
  const prepare = async () => {
    ({ active } = await oneActiveTwoWaiting(current));
    current().loseRedis();
    const [found] = await queueFindings(current().core);
    expect(found).to.include({ code: "QUEUE_LOST", runbook, subject: `queue ${QUEUE_ID}` });
    return QUEUE_ID;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: placesOf(current) },
    disturb() {
      const { core } = current();
      return askWithRebuild(core, QUEUE_ID, () => core.queue.stats(QUEUE_ID));
    },
    async expectDone() {
      const { active: places } = await placesOf(current)();
      const kept = "places" in places ? places.places.map(({ userId }) => userId) : [];
      expect(kept).to.deep.equal([active]);
    },
  });

  it("lets waiting buyers return to their places, in their order", async () => {
    const { tickets } = await oneActiveTwoWaiting(current);
    current().loseRedis();
    const planned = await planRunbook(current().core, { runbook });
    const late = newUserId();
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("restart-worker");
    await current().join(late);
    for (const { token } of tickets.toReversed()) {
      await current().join(current().core.tokens.verify(token).userId, token);
    }
    const { waiting } = await placesOf(current)();
    const order = "places" in waiting ? waiting.places.map(({ userId }) => userId) : [];
    const owners = tickets.map(({ token }) => current().core.tokens.verify(token).userId);
    expect(order).to.deep.equal([...owners, late]);
    expect(await runBook(current(), planned, { handlers })).to.include({ status: "DONE" });
  });

  it("waits for Redis, and fails without a queue of that name", async () => {
    await prepare();
    current().loseCalls(/^redis/);
    const planned = await planRunbook(current().core, { runbook });
    expect(planned.plan.facts).to.include({ detected: "CHECK_FAILED" });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("restore-redis");
    current().restoreCalls();
    expect(await runBook(current(), planned, { handlers })).to.include({ status: "DONE" });
    const unknown = planRunbook(current().core, { runbook, subject: "nothing" });
    expect(codeOf(await failureOf(unknown))).to.equal("QUEUE_NOT_FOUND");
  });
});
