import { expect } from "chai";
import { NOTIFIER } from "../../../src/notification/notifier.ts";
import { observeLag } from "../../../src/notification/observeLag.ts";
import type { ConsumerLag } from "../../../src/ports/consumerLag.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const PARTITION = { topic: "reservation", committedOffset: 3, endOffset: 8, oldLag: 0 };

describe("observeLag", () => {
  const current = useMemoryCore();

  async function gaugesWith(read: (consumer: string) => Promise<ConsumerLag>): Promise<unknown[]> {
    const { core } = current();
    const gauges: unknown[] = [];
    const gauge = (name: string, labels: object, value: number): void => {
      gauges.push([name, labels, value]);
    };
    await observeLag({ ...core, consumerLag: { read }, metrics: { ...core.metrics, gauge } });
    return gauges;
  }

  it("adds up the unread messages of all partitions", async () => {
    const partitions = [
      { ...PARTITION, partition: 0, lag: 5 },
      { ...PARTITION, partition: 1, lag: 2 },
    ];
    const gauges = await gaugesWith(async (consumer) => ({
      ...{ group: `onsale.${consumer}`, missingTopics: [] },
      partitions: consumer === NOTIFIER ? partitions : partitions.slice(1),
    }));
    expect(gauges).to.deep.equal([
      ["consumer_lag_messages", { consumer: "reservation-notifier" }, 7],
      ["consumer_lag_messages", { consumer: "sales-projection" }, 2],
    ]);
  });

  it("keeps the last value while the broker does not answer, and hides no bug", async () => {
    const down = new DependencyUnavailableError("kafka", {});
    expect(await gaugesWith(() => Promise.reject(down))).to.deep.equal([]);
    const bug = await gaugesWith(() => Promise.reject(new Error("a bug"))).catch(String);
    expect(bug).to.equal("Error: a bug");
  });
});
