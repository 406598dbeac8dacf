import { AssertionError } from "node:assert/strict";
import { expect } from "chai";
import type { OnsaleEvent } from "../../../src/events/eventCatalog.ts";
import { appendMessages } from "../../../src/outbox/appendMessages.ts";
import { bucketOf } from "../../../src/outbox/bucketOf.ts";
import { failureOf } from "../../support/fixtures.ts";
import { type MemoryTestCore, openMemoryTestCore } from "../../support/memoryCore.ts";

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

describe("appendMessages", () => {
  const append = (opened: MemoryTestCore, events: readonly OnsaleEvent[]): Promise<void> =>
    opened.core.withTransaction((tx) => appendMessages(opened.core, tx, events));

  it("writes one message with its own id for each event, in the aggregate's bucket", async () => {
    const opened = openMemoryTestCore();
    await append(opened, [held, spent]);
    const { buckets } = opened.core.config.outbox;
    const messages = await opened.messages();
    expect(messages).to.have.length(2);
    expect(messages[0]).to.deep.include({ ...held, bucket: bucketOf("reservation", 7, buckets) });
    expect(messages[1]).to.deep.include({
      ...spent,
      bucket: bucketOf("point-account", 9, buckets),
    });
    expect(new Set(messages.map(({ messageId }) => messageId)).size).to.equal(2);
  });

  it("leaves no message when the caller's transaction fails", async () => {
    const { core, messages } = openMemoryTestCore();
    const refusal = new Error("refused after the append");
    const failed = core.withTransaction(async (tx) => {
      await appendMessages(core, tx, [held]);
      throw refusal;
    });
    expect(await failureOf(failed)).to.equal(refusal);
    expect(await messages()).to.deep.equal([]);
  });

  it("makes no call when there are no events", async () => {
    const opened = openMemoryTestCore();
    const calls = await opened.callsOf(() => append(opened, []));
    expect(calls).to.deep.equal(["mysql begin", "mysql commit"]);
  });

  it("writes no message when one payload does not match the catalogue", async () => {
    const opened = openMemoryTestCore();
    const more = { ...held.payload, note: "a field of no schema" };
    const wrong: readonly OnsaleEvent[] = [
      { ...held, payload: { ...held.payload, seatIds: [] } },
      { ...held, payload: more },
      { ...spent, payload: { ...spent.payload, balanceAfter: 0.5 } },
    ];
    for (const event of wrong) {
      const error = await failureOf(append(opened, [held, event]));
      expect(error).to.be.instanceOf(AssertionError);
      expect(String(error)).to.include(`The payload of ${event.type} does not fit the catalogue`);
    }
    expect(await opened.messages()).to.deep.equal([]);
  });
});
