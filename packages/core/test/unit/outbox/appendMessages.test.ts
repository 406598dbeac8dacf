import { AssertionError } from "node:assert/strict";
import { expect } from "chai";
import sinon from "sinon";
import type { OnsaleEvent } from "../../../src/events/eventCatalog.ts";
import { appendMessages } from "../../../src/outbox/appendMessages.ts";
import { bucketOf } from "../../../src/outbox/bucketOf.ts";
import type { OutboxStore } from "../../../src/ports/outboxStore.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { failureOf } from "../../support/fixtures.ts";

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

const held: OnsaleEvent = {
  type: "reservation.held",
  aggregateType: "reservation",
  aggregateId: 7,
  aggregateVersion: 1,
  payload: { reservationId: 7, userId: 9, performanceId: 3, amount: 10, seatIds: [1] },
};
const spent: OnsaleEvent = {
  type: "point-account.spent",
  aggregateType: "point-account",
  aggregateId: 9,
  aggregateVersion: 2,
  payload: { userId: 9, amount: 10, balanceAfter: 0 },
};

describe("appending outbox messages", () => {
  it("writes one message for each event, in the caller's transaction", async () => {
    const { core, append } = outboxCore();
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

  it("touches nothing without events", async () => {
    const { core, append } = outboxCore();
    await appendMessages(core, TX, []);
    expect(append.called).to.equal(false);
  });

  it("writes no message when one payload does not fit the catalogue", async () => {
    const { core, append } = outboxCore();
    const more = { ...held.payload, note: "a field of no schema" };
    const wrong: readonly OnsaleEvent[] = [
      { ...held, payload: { ...held.payload, seatIds: [] } },
      { ...held, payload: more },
      { ...spent, payload: { ...spent.payload, balanceAfter: 0.5 } },
    ];
    for (const event of wrong) {
      const error = await failureOf(appendMessages(core, TX, [held, event]));
      expect(error).to.be.instanceOf(AssertionError);
      expect(String(error)).to.include(`The payload of ${event.type} does not fit the catalogue`);
    }
    expect(append.called).to.equal(false);
  });
});
