import { expect } from "chai";
import { checkInvariants } from "../../src/invariants/checkInvariants.ts";
import { appendMessages } from "../../src/outbox/appendMessages.ts";
import { parseEnvelope } from "../../src/outbox/envelope.ts";
import { outboxRelay } from "../../src/outbox/outboxRelay.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { useTestCore } from "../support/testCore.ts";
import { listenTo } from "../support/topicListener.ts";

const AGGREGATES = 40;
const VERSIONS = 12;

/** An event of a reservation that has no row: the relay does not read reservations. */
function append(
  core: CoreContext,
  aggregateId: number,
  version: number,
  seatIds: number[] = [1],
): Promise<void> {
  return core.withTransaction((tx) =>
    appendMessages(core, tx, [
      {
        aggregateType: "reservation",
        aggregateId,
        aggregateVersion: version,
        type: "reservation.held",
        payload: { reservationId: aggregateId, userId: 1, performanceId: 1, amount: 10, seatIds },
      },
    ]),
  );
}

describe("the outbox relay", () => {
  const current = useTestCore(
    { OUTBOX_BUCKETS: "8", OUTBOX_LEASE_MS: "1000", OUTBOX_ATTEMPTS_MAX: "1" },
    { role: "worker", checkInvariants: false },
  );

  beforeEach("begins with an empty outbox", async () => {
    await current().sql("DELETE FROM outbox_messages");
    await current().sql("DELETE FROM outbox_publications");
  });

  /** Runs rounds until no message is pending. */
  async function drain(relay: ReturnType<typeof outboxRelay>): Promise<void> {
    const { core } = current();
    while ((await core.outbox.counts(null)).pending > 0) await relay.runOnce();
  }

  it("publishes every version in order while two relays exchange leases", async () => {
    const { core, stack, sql } = current();
    const other = (await current().another()).core;
    const listener = await listenTo(stack, ["reservation"]);
    const relays = [outboxRelay(core), outboxRelay(other)];
    let writing = true;
    const write = async (aggregateId: number): Promise<void> => {
      for (let version = 1; version <= VERSIONS; version += 1) {
        await append(aggregateId % 2 ? core : other, aggregateId, version);
      }
    };
    const writers = Promise.all(
      Array.from({ length: AGGREGATES }, (_unused, index) => write(index + 1)),
    ).finally(() => {
      writing = false;
    });
    /** Takes leases away during the work, like a stall of the relay. */
    const robber = (async () => {
      while (writing) {
        await sql(
          "UPDATE leases SET expires_at = NOW(6) - INTERVAL 1 SECOND ORDER BY RAND() LIMIT 4",
        );
        await core.clock.sleep(20);
      }
    })();
    const turning = relays.map(async (relay) => {
      while (writing) await relay.runOnce();
      await drain(relay);
    });
    await Promise.all([writers, robber, ...turning]);

    const total = AGGREGATES * VERSIONS;
    const versionsOf = new Map<string, number[]>();
    await listener.until((messages) => new Set(messages.map((m) => m.messageId)).size === total);
    for (const { key, value } of listener.messages) {
      const read = parseEnvelope(value);
      if ("problem" in read) throw new Error(read.problem);
      const versions = versionsOf.get(key) ?? [];
      // A repetition is allowed; a version that arrives for the first time must be the next one.
      if (!versions.includes(read.envelope.aggregateVersion)) {
        versions.push(read.envelope.aggregateVersion);
      }
      versionsOf.set(key, versions);
    }
    await listener.stop();
    const inOrder = Array.from({ length: VERSIONS }, (_unused, index) => index + 1);
    expect(versionsOf.size).to.equal(AGGREGATES);
    for (const [key, versions] of versionsOf) expect(versions, key).to.deep.equal(inOrder);
    const report = await checkInvariants(core, { ids: ["I6"] });
    expect(report.results[0]).to.include({ violationCount: 0, rowsRead: total });
    for (const relay of relays) await relay.release();
  });

  it("marks a refused message DEAD, and blocks only the messages of its aggregate", async () => {
    const { core, sql } = current();
    // 200,000 ids of 16 digits exceed the message limit of the broker.
    const poison = Array.from({ length: 200_000 }, (_unused, i) => 7_000_000_000_000_000 + i);
    await append(core, 1, 1, poison);
    await append(core, 1, 2);
    for (let id = 2; id <= 20; id += 1) await append(core, id, 1);
    const relay = outboxRelay(core);
    while ((await core.outbox.counts(null)).pending > 1) await relay.runOnce();
    const rows = await sql(
      `SELECT aggregate_id, aggregate_version, status, last_error FROM outbox_messages
       WHERE status <> 'PUBLISHED' ORDER BY id`,
    );
    expect(rows.map((row) => ({ ...row }))).to.deep.equal([
      { aggregate_id: 1, aggregate_version: 1, status: "DEAD", last_error: "MESSAGE_TOO_LARGE" },
      { aggregate_id: 1, aggregate_version: 2, status: "PENDING", last_error: null },
    ]);
    expect(await relay.runOnce(), "nothing more to do").to.equal(false);
    await relay.release();
  });

  it("releases its buckets, so that the next relay need not wait", async () => {
    const { core } = current();
    const [first, second] = [outboxRelay(core), outboxRelay(core)];
    await first.runOnce();
    expect(await core.leases.list("outbox-bucket:")).to.have.length(8);
    await first.release();
    expect(await core.leases.list("outbox-")).to.deep.equal([]);
    await append(core, 1, 1);
    await second.runOnce();
    expect(await core.outbox.counts(null)).to.include({ pending: 0, published: 1 });
    await second.release();
  });
});
