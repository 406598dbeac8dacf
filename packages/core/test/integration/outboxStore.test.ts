import { expect } from "chai";
import type { Lease } from "../../src/ports/leaseStore.ts";
import type { NewOutboxMessage } from "../../src/ports/outboxStore.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { useTestCore } from "../support/testCore.ts";

const MINUTE_MS = 60_000;
const BATCH = 100;

describe("the outbox in the database", () => {
  // Messages without transitions: the invariants of the whole are no matter here.
  const current = useTestCore({}, { checkInvariants: false });
  let bucket = 0;
  let lease: Lease;

  beforeEach("takes a bucket of its own", async () => {
    bucket += 1;
    const taken = await current().core.leases.acquire(`outbox-bucket:${bucket}`, "me", MINUTE_MS);
    if (!taken) throw new Error("the bucket is free");
    lease = taken;
  });

  const message = (aggregateId: number, aggregateVersion = 1): NewOutboxMessage => ({
    messageId: systemIds.uuid(),
    aggregateType: "reservation",
    aggregateId: bucket * 1_000 + aggregateId,
    aggregateVersion,
    type: "reservation.held",
    payload: { note: "quote ' and \\ and :name and 표" },
    bucket,
  });
  const append = (...messages: NewOutboxMessage[]): Promise<void> =>
    current().core.withTransaction((tx) => current().core.outbox.append(tx, messages));
  const due = () => current().core.outbox.due(null, bucket, BATCH);
  const dueIds = async (): Promise<string[]> => (await due()).map(({ messageId }) => messageId);
  const fail = async (sought: NewOutboxMessage, dead: boolean): Promise<void> => {
    const found = (await due()).find(({ messageId }) => messageId === sought.messageId);
    if (!found) throw new Error("it is due");
    const failure = { error: "too large", retryInMs: MINUTE_MS, dead };
    await current().core.outbox.markFailed(null, found.id, failure);
  };
  const publishAll = async (): Promise<number> => {
    const ids = (await due()).map(({ id }) => id);
    return current().core.outbox.markPublished(null, lease, ids);
  };

  it("gives back what was written, letter for letter", async () => {
    const written = message(1);
    await append(written);
    const [read] = await due();
    expect(read).to.deep.include({ ...written, attempts: 0 });
  });

  it("keeps nothing of a transaction that was rolled back", async () => {
    const { core } = current();
    const undone = core.withTransaction(async (tx) => {
      await core.outbox.append(tx, [message(1)]);
      throw new Error("on second thoughts");
    });
    await undone.catch(() => {});
    expect(await due()).to.deep.equal([]);
  });

  it("trap 9: finds a message whose id is lower but which was committed later", async () => {
    const { core } = current();
    const [early, late] = [message(1), message(2)];
    const written = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const slow = core.withTransaction(async (tx) => {
      await core.outbox.append(tx, [early]);
      written.resolve();
      await gate.promise;
    });
    await written.promise;
    await append(late);
    expect(await dueIds()).to.deep.equal([late.messageId]);
    expect(await publishAll()).to.equal(1);
    gate.resolve();
    await slow;
    expect(await dueIds()).to.deep.equal([early.messageId]);
  });

  it("holds an aggregate back behind a message that waits for its next attempt", async () => {
    const [one, two, other] = [message(1, 1), message(1, 2), message(2, 1)];
    await append(one, two, other);
    await fail(one, false);
    expect(await dueIds()).to.deep.equal([other.messageId]);
    const waiting = await current().core.outbox.pending(null, bucket, BATCH);
    expect(waiting.map(({ attempts }) => attempts)).to.deep.equal([1, 0, 0]);
  });

  it("holds an aggregate back behind a message that was given up", async () => {
    const [one, two, three, other] = [message(1, 1), message(1, 2), message(1, 3), message(2)];
    await append(one, two, other);
    await fail(two, true);
    await append(three);
    expect(await dueIds()).to.deep.equal([one.messageId, other.messageId]);
  });

  it("trap 10: marks nothing for an owner whose lease went to another", async () => {
    const { core, sql } = current();
    await append(message(1));
    await sql("UPDATE leases SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE name = ?", [
      lease.name,
    ]);
    expect(await publishAll(), "after the lease ran out").to.equal(0);
    const taken = await core.leases.acquire(lease.name, "another", MINUTE_MS);
    expect(taken?.epoch).to.equal(lease.epoch + 1);
    expect(await publishAll(), "after another took it").to.equal(0);
    const noted = await sql("SELECT id FROM outbox_publications WHERE aggregate_id = ?", [
      bucket * 1_000 + 1,
    ]);
    expect(noted).to.deep.equal([]);
    expect(await due()).to.have.length(1);
  });

  it("notes once, and in order, what left for the broker", async () => {
    const { core, sql } = current();
    await append(message(1, 1), message(1, 2));
    const ids = (await due()).map(({ id }) => id);
    expect(await core.outbox.markPublished(null, lease, ids)).to.equal(2);
    expect(await core.outbox.markPublished(null, lease, ids)).to.equal(0);
    const noted = await sql(
      "SELECT aggregate_version, owner FROM outbox_publications WHERE aggregate_id = ? ORDER BY id",
      [bucket * 1_000 + 1],
    );
    expect(noted.map((row) => ({ ...row }))).to.deep.equal([
      { aggregate_version: 1, owner: "me" },
      { aggregate_version: 2, owner: "me" },
    ]);
  });

  it("trap 11: takes new messages while a relay reads and marks others", async () => {
    const { core } = current();
    await append(message(1), message(2));
    await core.withTransaction(async (tx) => {
      const ids = (await core.outbox.due(tx, bucket, BATCH)).map(({ id }) => id);
      await core.outbox.markPublished(tx, lease, ids);
      // Would wait for this very transaction, and fail, if it locked more than its rows.
      await append(message(3));
    });
    expect(await due()).to.have.length(1);
  });

  it("counts by state, with the age of the oldest that is unpublished", async () => {
    const { core, sql } = current();
    await sql("DELETE FROM outbox_messages");
    const [one, two, three] = [message(1), message(2), message(3)];
    await append(one, two, three);
    await fail(one, true);
    await sql(
      "UPDATE outbox_messages SET created_at = NOW(6) - INTERVAL 5 SECOND WHERE message_id = ?",
      [two.messageId],
    );
    const counts = await core.outbox.counts(null);
    expect(counts).to.include({ pending: 2, published: 0, dead: 1 });
    expect(counts.oldestPendingAgeMs).to.be.within(5_000, 60_000);
    await publishAll();
    expect(await core.outbox.counts(null)).to.deep.equal({
      pending: 0,
      published: 2,
      dead: 1,
      oldestPendingAgeMs: 0,
    });
  });

  it("trap 21: cleans up old published messages, in batches, and nothing else", async () => {
    const { core, sql } = current();
    await sql("DELETE FROM outbox_messages");
    await sql("DELETE FROM outbox_publications");
    const [dead, ...sent] = [1, 2, 3, 4, 5].map((id) => message(id));
    if (!dead) throw new Error("there is one");
    await append(dead, ...sent);
    await fail(dead, true);
    await publishAll();
    const old = "NOW(6) - INTERVAL 2 MINUTE";
    await sql(
      `UPDATE outbox_messages SET created_at = ${old}, published_at = ${old}
      WHERE message_id <> ?`,
      [sent[3]?.messageId ?? ""],
    );
    await sql(
      `UPDATE outbox_publications SET published_at = ${old}
      WHERE message_id <> ?`,
      [sent[3]?.messageId ?? ""],
    );
    await append(message(6));
    const clean = () => core.withTransaction((tx) => core.outbox.cleanUp(tx, MINUTE_MS, 2));
    expect([await clean(), await clean(), await clean()]).to.deep.equal([4, 2, 0]);
    const counts = await core.outbox.counts(null);
    expect(counts).to.include({ pending: 1, published: 1, dead: 1 });
  });
});
