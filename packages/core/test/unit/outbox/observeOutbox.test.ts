import { expect } from "chai";
import { observeOutbox } from "../../../src/outbox/observeOutbox.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { chargedUser } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("observeOutbox", () => {
  const current = useMemoryCore();

  it("shows pending, dead and blocked messages and the oldest age as gauges", async () => {
    const { core, clock, messages } = current();
    const gauges: Record<string, number> = {};
    const gauge = (name: string, _labels: object, value: number): void => {
      gauges[name] = value;
    };
    const userId = await chargedUser(core);
    for (let more = 0; more < 2; more += 1) await chargePoints(core, { userId, amount: 100 });
    await chargedUser(core);
    const [first] = await messages();
    const failure = { error: "too large", retryInMs: 0, dead: true };
    if (!first) throw new Error("four messages wait");
    await core.outbox.markFailed(null, first, failure);
    clock.pass(7_000);
    await observeOutbox({ ...core, metrics: { ...core.metrics, gauge } });
    expect(gauges).to.deep.equal({
      ...{ outbox_pending_messages: 3, outbox_dead_messages: 1, outbox_blocked_messages: 2 },
      outbox_oldest_pending_seconds: 7,
    });
  });
});
