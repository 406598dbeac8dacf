import { expect } from "chai";
import sinon from "sinon";
import { appendMessages } from "../../../src/outbox/appendMessages.ts";
import { bucketOf } from "../../../src/outbox/bucketOf.ts";
import type { OutboxStore } from "../../../src/ports/outboxStore.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";

const TX = { label: "tx" };

function outboxCore() {
  let count = 0;
  const append = sinon.stub<Parameters<OutboxStore["append"]>, Promise<void>>().resolves();
  const nothing = sinon.stub().rejects(new Error("not used"));
  const outbox: OutboxStore = {
    append,
    pending: nothing,
    due: nothing,
    markPublished: nothing,
    markFailed: nothing,
    counts: nothing,
    cleanUp: nothing,
  };
  const ids = {
    uuid: () => {
      count += 1;
      return `id-${count}`;
    },
  };
  return { core: { config: testCoreConfig(), ids, outbox }, append };
}

describe("appending outbox messages", () => {
  it("writes one message for each transition, in the caller's transaction", async () => {
    const { core, append } = outboxCore();
    const held = {
      aggregateType: "reservation",
      aggregateId: 7,
      aggregateVersion: 1,
      type: "reservation.held",
      payload: { amount: 10 },
    } as const;
    const spent = { ...held, aggregateType: "point-account", aggregateId: 9 } as const;
    await appendMessages(core, TX, [held, spent]);
    const { buckets } = core.config.outbox;
    expect(append.args).to.deep.equal([
      [
        TX,
        [
          { ...held, messageId: "id-1", bucket: bucketOf("reservation", 7, buckets) },
          { ...spent, messageId: "id-2", bucket: bucketOf("point-account", 9, buckets) },
        ],
      ],
    ]);
  });

  it("touches nothing without transitions", async () => {
    const { core, append } = outboxCore();
    await appendMessages(core, TX, []);
    expect(append.called).to.equal(false);
  });
});
