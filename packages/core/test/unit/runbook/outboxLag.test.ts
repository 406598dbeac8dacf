import { expect } from "chai";
import { brokerTakesMessages } from "../../../src/runbook/readings/outboxReadings.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { chargedUser } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "outbox-lag";

describe("the runbook outbox-lag", () => {
  const current = useMemoryCore();
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual({ step }: ManualRequest) {
      if (step.name === "restore-kafka") worker.isBrokerDown = false;
      await worker.start();
      return false;
    },
  };
  const prepare = async () => {
    await chargedUser(current().core);
    current().clock.pass(31_000);
    worker.isBrokerDown = true;
    return undefined;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare },
    read: () => current().messages(),
    async disturb() {
      await worker.start();
      worker.isBrokerDown = false;
      await current().clock.sleep(2_000);
    },
    async expectDone() {
      expect(await current().messages()).to.deep.equal([]);
    },
  });

  it("says that Kafka must come back while Kafka accepts no messages", async () => {
    await prepare();
    await worker.start();
    const planned = await planRunbook(current().core, { runbook });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.passed.map(({ step }) => step)).to.deep.equal(["start-relay"]);
    expect(report.stopped?.detail).to.include("restore-kafka").and.include("none published");
  });

  it("does not count Kafka as restored while Kafka is silent and no message waits", async () => {
    const { core } = current();
    expect(await brokerTakesMessages.look({ core, subject: "" })).to.include({ holds: true });
    const read = () => Promise.reject(new DependencyUnavailableError("kafka"));
    const silent = { ...core, consumerLag: { read } };
    expect(await brokerTakesMessages.look({ core: silent, subject: "" })).to.deep.equal({
      holds: false,
      read: "kafka does not answer; try again shortly",
    });
  });
});
