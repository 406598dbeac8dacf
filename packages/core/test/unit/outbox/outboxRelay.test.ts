import { expect } from "chai";
import { appendMessages } from "../../../src/outbox/appendMessages.ts";
import { outboxRelay } from "../../../src/outbox/outboxRelay.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const LEASE_MS = 9_000;
const MESSAGES = 40;

/** A core whose broker takes this long for each request. */
async function slowBroker(requestMs: number) {
  const opened = openMemoryTestCore({ OUTBOX_BUCKETS: "4", OUTBOX_LEASE_MS: String(LEASE_MS) });
  const slow = (core: CoreContext): CoreContext => ({
    ...core,
    publisher: {
      async publish(messages) {
        await core.clock.sleep(requestMs);
        return core.publisher.publish(messages);
      },
    },
  });
  const { core, servers } = opened;
  await core.withTransaction((tx) =>
    appendMessages(
      core,
      tx,
      Array.from({ length: MESSAGES }, (_unused, index) => ({
        aggregateType: "reservation",
        aggregateId: index + 1,
        aggregateVersion: 1,
        type: "reservation.held",
        payload: { reservationId: index + 1, userId: 1, performanceId: 1, amount: 1, seatIds: [1] },
      })),
    ),
  );
  return {
    core: slow(core),
    other: () => slow(opened.another()),
    stored: () => servers.broker.logs().flat().length,
  };
}

describe("the outbox relay", () => {
  it("marks what it has published when the broker takes longer than a lease", async () => {
    const { core, stored } = await slowBroker(2 * LEASE_MS);
    await outboxRelay(core).runOnce();
    expect(await core.outbox.counts(null)).to.include({ pending: 0, published: MESSAGES });
    expect(stored(), "each message once").to.equal(MESSAGES);
  });

  it("keeps its buckets from another relay while it waits for a slow broker", async () => {
    const { core, other, stored } = await slowBroker(2 * LEASE_MS);
    const second = other();
    const [busy, idle] = [outboxRelay(core), outboxRelay(second)];
    const round = busy.runOnce();
    await core.clock.sleep(LEASE_MS * 1.5);
    await idle.runOnce();
    await round;
    expect(await core.outbox.counts(null)).to.include({ pending: 0, published: MESSAGES });
    expect(stored(), "each message once").to.equal(MESSAGES);
  });
});
