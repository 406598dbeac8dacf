import { expect } from "chai";
import type { HeldBucket } from "../../../src/outbox/bucketLeases.ts";
import { BUCKET_BATCH_MAX, relayBuckets } from "../../../src/outbox/relayBuckets.ts";
import type { NewOutboxMessage } from "../../../src/ports/outboxStore.ts";
import type { PublishedMessage } from "../../../src/ports/publisher.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { failureOf } from "../../support/fixtures.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const LEASE_MS = 60_000;
const ATTEMPTS_MAX = 3;
/** A payload that is larger than the broker accepts in one message. */
const TOO_LARGE = { note: "x".repeat(1_100_000) };

function message(aggregateId: number, version: number, payload = {}): NewOutboxMessage {
  return {
    messageId: `${aggregateId}-${version}`,
    aggregateType: "reservation",
    aggregateId,
    aggregateVersion: version,
    type: "reservation.held",
    payload,
    bucket: 0,
  };
}

/** A relay that has the lease of bucket 0. */
async function relayFixture() {
  const opened = openMemoryTestCore({ OUTBOX_ATTEMPTS_MAX: String(ATTEMPTS_MAX) });
  const { core, servers, clock } = opened;
  const { outboxMessages, outboxPublications } = servers.database.tables;
  let isLive = true;
  const lease = async (bucket: number): Promise<HeldBucket> => {
    const acquired = await core.leases.acquire(`outbox-bucket:${bucket}`, "relay", LEASE_MS);
    if (!acquired) throw new Error("no other relay holds the lease");
    return { bucket, lease: acquired, isLive: () => isLive };
  };
  const held = await lease(0);

  return {
    ...opened,
    held,
    lease,
    run: () => relayBuckets(core, [held]),
    expireByOwnClock() {
      isLive = false;
    },
    append: (...messages: readonly NewOutboxMessage[]) =>
      core.withTransaction((tx) => core.outbox.append(tx, messages)),
    /** "aggregate:version" of each message that the broker has stored, in order for each key. */
    stored: () =>
      servers.broker
        .logs()
        .flat()
        .map(({ headers, key }) => `${key.split(":")[1]}:${headers["aggregate-version"]}`),
    /** "aggregate:version status attempts" of each outbox message. */
    async states() {
      const rows = await servers.database.autocommit((s) => s.all(outboxMessages));
      return rows.map(
        ({ aggregateId, aggregateVersion, status, attempts }) =>
          `${aggregateId}:${aggregateVersion} ${status} ${attempts}`,
      );
    },
    publications: async () =>
      (await servers.database.autocommit((s) => s.all(outboxPublications))).map(
        ({ aggregateVersion, owner }) => `${aggregateVersion} by ${owner}`,
      ),
    async firstRow() {
      const [row] = await servers.database.autocommit((s) => s.all(outboxMessages));
      if (!row) throw new Error("the test has appended a message");
      return { ...row, dueInMs: row.nextAttemptAtUs / 1000 - clock.nowMs() };
    },
  };
}

describe("relayBuckets", () => {
  it("publishes due messages in version order and marks them with the lease's owner", async () => {
    const { append, run, stored, states, publications, servers } = await relayFixture();
    await append(message(7, 1), message(7, 2), message(7, 3));
    expect(await run()).to.deep.equal({ published: 3, more: false, lost: [] });
    expect(stored()).to.deep.equal(["7:1", "7:2", "7:3"]);
    expect(await states()).to.deep.equal(["7:1 PUBLISHED 1", "7:2 PUBLISHED 1", "7:3 PUBLISHED 1"]);
    expect(await publications()).to.deep.equal(["1 by relay", "2 by relay", "3 by relay"]);
    const [first] = servers.broker.logs().flat();
    expect(first?.headers["message-id"]).to.equal("7-1");
  });

  it("leaves messages unmarked until the broker acknowledges them", async () => {
    const { append, run, stored, states, loseCalls, restoreCalls } = await relayFixture();
    await append(message(7, 1));
    loseCalls(/^kafka broker\.publish/, "answer");
    expect(await failureOf(run())).to.be.instanceOf(DependencyUnavailableError);
    expect(stored(), "the broker has it").to.deep.equal(["7:1"]);
    expect(await states()).to.deep.equal(["7:1 PENDING 0"]);
    restoreCalls();
    await run();
    expect(stored(), "a repetition").to.deep.equal(["7:1", "7:1"]);
    expect(await states()).to.deep.equal(["7:1 PUBLISHED 1"]);
  });

  it("makes no call to the broker when no message is due", async () => {
    const { run, callsOf } = await relayFixture();
    const calls = await callsOf(async () => {
      expect(await run()).to.deep.equal({ published: 0, more: false, lost: [] });
    });
    expect(calls).to.deep.equal(["mysql outbox.due"]);
  });

  it("publishes nothing when its lease may have expired by its own clock", async () => {
    const { append, run, stored, states, expireByOwnClock } = await relayFixture();
    await append(message(7, 1));
    expireByOwnClock();
    await run();
    expect(stored()).to.deep.equal([]);
    expect(await states()).to.deep.equal(["7:1 PENDING 0"]);
  });

  it("reports the bucket as lost and marks nothing when another relay owns the lease", async () => {
    const { append, run, states, clock, another, held } = await relayFixture();
    await append(message(7, 1));
    clock.pass(LEASE_MS);
    const other = await another().leases.acquire("outbox-bucket:0", "other relay", LEASE_MS);
    expect(other?.epoch).to.equal(2);
    expect(await run()).to.deep.equal({ published: 0, more: false, lost: [held] });
    expect(await states()).to.deep.equal(["7:1 PENDING 0"]);
  });

  it("publishes the messages of its buckets with one request and marks them together", async () => {
    const { append, core, held, lease, callsOf, states } = await relayFixture();
    const second = await lease(1);
    await append(message(7, 1), message(7, 2), { ...message(8, 1), bucket: 1 });
    const calls = await callsOf(() => relayBuckets(core, [held, second]));
    expect(calls).to.deep.equal([
      "mysql outbox.due",
      "mysql outbox.due",
      "kafka broker.publish",
      "mysql begin",
      "mysql outbox.markPublished:fence",
      "mysql outbox.markPublished:publications",
      "mysql outbox.markPublished:messages",
      "mysql commit",
    ]);
    expect(await states()).to.deep.equal(["7:1 PUBLISHED 1", "7:2 PUBLISHED 1", "8:1 PUBLISHED 1"]);
  });

  it("marks the messages of its other buckets when another relay owns one lease", async () => {
    const { append, core, held, lease, another, clock, states } = await relayFixture();
    clock.pass(LEASE_MS / 2);
    const second = await lease(1);
    await append(message(7, 1), { ...message(8, 1), bucket: 1 });
    clock.pass(LEASE_MS / 2);
    await another().leases.acquire("outbox-bucket:0", "other relay", LEASE_MS);
    const relayed = await relayBuckets(core, [held, second]);
    expect(relayed).to.deep.equal({ published: 1, more: false, lost: [held] });
    expect(await states()).to.deep.equal(["7:1 PENDING 0", "8:1 PUBLISHED 1"]);
  });

  it("reports more work after a full batch, and none after the rest", async () => {
    const { append, run } = await relayFixture();
    const versions = Array.from({ length: BUCKET_BATCH_MAX + 1 }, (_unused, index) => index + 1);
    await append(...versions.map((version) => message(7, version)));
    expect(await run()).to.include({ published: BUCKET_BATCH_MAX, more: true });
    expect(await run()).to.include({ published: 1, more: false });
  });

  it("counts no attempt while the broker is unavailable", async () => {
    const { append, run, states, stored, loseCalls } = await relayFixture();
    await append(message(7, 1), message(7, 2));
    loseCalls(/^kafka/);
    expect(await failureOf(run())).to.be.instanceOf(DependencyUnavailableError);
    expect(stored()).to.deep.equal([]);
    expect(await states()).to.deep.equal(["7:1 PENDING 0", "7:2 PENDING 0"]);
  });

  it("counts an attempt of the failed message, and none of the blocked messages", async () => {
    const { append, run, states, stored } = await relayFixture();
    await append(message(7, 1), message(7, 2, TOO_LARGE), message(8, 1), message(7, 3));
    expect(await run()).to.include({ published: 2 });
    expect(stored().sort()).to.deep.equal(["7:1", "8:1"]);
    expect(await states()).to.deep.equal([
      "7:1 PUBLISHED 1",
      "7:2 PENDING 1",
      "8:1 PUBLISHED 1",
      "7:3 PENDING 0",
    ]);
  });

  it("waits longer after each refusal, then marks the message DEAD and logs an error", async () => {
    const { append, run, firstRow, clock, log } = await relayFixture();
    await append(message(7, 1, TOO_LARGE));
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      await run();
      const { status, attempts, dueInMs, lastError } = await firstRow();
      expect({ attempts, lastError }).to.deep.equal({
        attempts: attempt,
        lastError: "MESSAGE_TOO_LARGE",
      });
      expect(status).to.equal(attempt < ATTEMPTS_MAX ? "PENDING" : "DEAD");
      pauses.push(dueInMs);
      clock.pass(dueInMs);
    }
    expect(pauses).to.deep.equal([250, 500, 1_000]);
    expect(log.lines.map(({ level, fields }) => [level, fields.event])).to.deep.equal([
      ["warn", "relay.message_refused"],
      ["warn", "relay.message_refused"],
      ["error", "relay.message_given_up"],
    ]);
  });

  it("never gives up a message while its topic refuses all messages", async () => {
    const { append, firstRow, core, clock, held } = await relayFixture();
    await append(message(7, 1));
    // The in-memory broker has no partitions without a leader, so its answer is made up.
    const failure = { messageId: "7-1", error: "no leader", reason: "topic" } as const;
    const leaderless = { ...core, publisher: { publish: async () => [failure] } };
    for (let attempt = 1; attempt <= 2 * ATTEMPTS_MAX; attempt += 1) {
      await relayBuckets(leaderless, [held]);
      const { status, attempts, dueInMs, lastError } = await firstRow();
      expect({ status, attempts }).to.deep.equal({ status: "PENDING", attempts: attempt });
      expect(lastError).to.equal("no leader");
      clock.pass(dueInMs);
    }
  });

  it("publishes other topics in full batches while one topic refuses all messages", async () => {
    const { append, core, held, states, log } = await relayFixture();
    const away = Array.from({ length: BUCKET_BATCH_MAX }, (_unused, index) =>
      message(index + 1, 1),
    );
    const other = { ...message(1, 1), messageId: "payment-1", aggregateType: "payment" } as const;
    await append(...away, other);
    const { publisher } = core;
    const topicless = {
      ...core,
      publisher: {
        publish: (messages: readonly PublishedMessage[]) => {
          const isAway = ({ topic }: PublishedMessage) => topic.endsWith(".reservation");
          return publisher
            .publish(messages.filter((one) => !isAway(one)))
            .then((failures) => [...failures, ...messages.filter(isAway).map(unsent)]);
        },
      },
    };
    const unsent = ({ messageId }: PublishedMessage) => ({
      ...{ messageId, error: "topic onsale.reservation accepts no messages: it is missing" },
      reason: "topic" as const,
    });
    await relayBuckets(topicless, [held]);
    await relayBuckets(topicless, [held]);
    expect((await states()).at(-1)).to.equal("1:1 PUBLISHED 1");
    const warnings = log.lines.filter(({ fields }) => fields.event === "relay.topic_unavailable");
    expect(warnings).to.have.length(1);
  });
});
