import type { OutboxStatus } from "@onsale/core";
import { expect } from "chai";
import { drawStatus } from "../../src/outbox/drawOutbox.ts";

const status: OutboxStatus = {
  ...{ pending: 3, published: 1, dead: 0, discarded: 0, oldestPendingAgeMs: 4000, blocked: 0 },
  ...{ publishedPerSecond: 0, buckets: [], failingTopics: [] },
};

describe("the drawn state of the outbox", () => {
  it("gives the reason while Kafka does not answer", () => {
    const reason = "connect ECONNREFUSED 127.0.0.1:9092";
    const down = { server: "kafka", reachable: false, reason, settings: [] } as const;
    expect(drawStatus(status, down)).to.include(`Kafka does not answer: ${reason}`);
    const up = { server: "kafka", reachable: true, settings: [] } as const;
    expect(drawStatus(status, up)).to.not.include("Kafka does not");
    expect(drawStatus(status)).to.not.include("Kafka does not");
  });
});
