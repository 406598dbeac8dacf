import type { BucketLease, OutboxMessage, OutboxStore } from "../../ports/outboxStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { jsonObject } from "../shared/jsonObject.ts";
import { lastError } from "../shared/lastError.ts";
import { isSameText } from "./database/collation.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { OutboxRow } from "./database/rows.ts";
import type { Statement } from "./database/statement.ts";
import { byId, keyOf } from "./database/tables.ts";
import { leaseRows } from "./leaseStore.ts";
import { dateOf, toMs, toUs } from "./times.ts";

const isPending = (row: OutboxRow): boolean => row.status === "PENDING";

/** Outbox messages in memory. */
export function memoryOutboxStore(db: MemoryDb): OutboxStore {
  const { outboxMessages } = db.tables;

  const pendingOf = (s: Statement, bucket: number): OutboxRow[] =>
    s.where(outboxMessages, "bucket", keyOf(bucket, "PENDING")).sort(byId);

  return {
    async append(tx, messages) {
      if (messages.length === 0) return;
      await db.run(tx, "outbox.append", (s) => {
        const rows = messages.map(
          ({ payload, ...message }): OutboxRow => ({
            ...message,
            id: outboxMessages.nextId(),
            payload: JSON.stringify(payload),
            status: "PENDING",
            attempts: 0,
            nextAttemptAtUs: s.nowUs,
            createdAtUs: s.nowUs,
            publishedAtUs: null,
            lastError: null,
          }),
        );
        return s.insertAll(outboxMessages, rows);
      });
      for (const { messageId } of messages) db.noteCommitMarker(tx, messageId);
    },

    pending: (tx, bucket, max) =>
      db.run(tx, "outbox.pending", (s) => pendingOf(s, bucket).slice(0, max).map(present)),

    due: (tx, bucket, max) =>
      db.run(tx, "outbox.due", (s) => {
        const pending = pendingOf(s, bucket);
        const dead = s.where(outboxMessages, "bucket", keyOf(bucket, "DEAD"));
        const isDue = (row: OutboxRow): boolean => row.nextAttemptAtUs <= s.nowUs;
        const blocked = lowestVersions([...dead, ...pending.filter((row) => !isDue(row))]);
        const isFree = (row: OutboxRow): boolean =>
          row.aggregateVersion < (blocked.get(aggregateOf(row)) ?? Number.POSITIVE_INFINITY);
        return pending
          .filter((row) => isDue(row) && isFree(row))
          .slice(0, max)
          .map(present);
      }),

    async markPublished(tx, lease, ids) {
      if (ids.length === 0) return 0;
      return markInside(db, tx, lease, ids);
    },

    async markFailed(tx, id, { error, retryInMs, dead }) {
      await db.run(tx, "outbox.markFailed", (s) =>
        s.update<OutboxRow>(outboxMessages, outboxMessages.of([id]), isPending, (row) => ({
          ...row,
          attempts: row.attempts + 1,
          lastError: lastError(error),
          status: dead ? "DEAD" : "PENDING",
          nextAttemptAtUs: s.nowUs + toUs(retryInMs),
        })),
      );
    },

    counts: (tx) => readCounts(db, tx),
    cleanUp: (tx, ageMs, max) => cleanUp(db, tx, toUs(ageMs), max),
  };
}

const aggregateOf = (row: OutboxRow): string => keyOf(row.aggregateType, row.aggregateId);

/** For each aggregate the lowest version among its messages. */
function lowestVersions(rows: readonly OutboxRow[]): Map<string, number> {
  const versions = new Map<string, number>();
  for (const row of rows) {
    const aggregate = aggregateOf(row);
    const lowest = versions.get(aggregate) ?? row.aggregateVersion;
    versions.set(aggregate, Math.min(lowest, row.aggregateVersion));
  }
  return versions;
}

async function markInside(
  db: MemoryDb,
  tx: Tx,
  lease: BucketLease,
  ids: readonly number[],
): Promise<number> {
  const { outboxMessages, outboxPublications, leases } = db.tables;
  // Held until COMMIT, so that nobody takes the bucket over between the two writes that follow.
  const isHeld = await db.run(tx, "outbox.markPublished:fence", async (s) => {
    // A row that is found by its whole key stays locked, also when it does not match.
    const [row] = await s.lock(leaseRows(leases, lease.name), () => true);
    return (
      row !== undefined &&
      isSameText(row.owner, lease.owner) &&
      row.epoch === lease.epoch &&
      row.expiresAtUs > s.nowUs
    );
  });
  if (!isHeld) return 0;
  await db.run(tx, "outbox.markPublished:publications", (s) => {
    const left = s.read(outboxMessages.of(ids)).filter(isPending);
    const rows = left.map(({ messageId, aggregateType, aggregateId, aggregateVersion }) => ({
      id: outboxPublications.nextId(),
      messageId,
      aggregateType,
      aggregateId,
      aggregateVersion,
      owner: lease.owner,
      publishedAtUs: s.nowUs,
    }));
    return s.insertAll(outboxPublications, rows);
  });
  return db.run(tx, "outbox.markPublished:messages", (s) =>
    s.update<OutboxRow>(outboxMessages, outboxMessages.of(ids), isPending, (row) => ({
      ...row,
      status: "PUBLISHED",
      publishedAtUs: s.nowUs,
      attempts: row.attempts + 1,
      lastError: null,
    })),
  );
}

async function readCounts(db: MemoryDb, tx: TxOrNone) {
  const { outboxMessages } = db.tables;
  const counts = await db.run(tx, "outbox.counts:statuses", (s) => ({
    pending: s.count(outboxMessages, "status", "PENDING"),
    published: s.count(outboxMessages, "status", "PUBLISHED"),
    dead: s.count(outboxMessages, "status", "DEAD"),
  }));
  const ageUs = await db.run(tx, "outbox.counts:oldest", (s) =>
    s
      .where(outboxMessages, "status", "PENDING")
      .reduce((oldest, row) => Math.max(oldest, s.nowUs - row.createdAtUs), 0),
  );
  return { ...counts, oldestPendingAgeMs: toMs(ageUs) };
}

async function cleanUp(db: MemoryDb, tx: Tx, ageUs: number, max: number): Promise<number> {
  const { outboxMessages, outboxPublications } = db.tables;
  const messages = await db.run(tx, "outbox.cleanUp:messages", (s) =>
    s.remove(
      outboxMessages.by("status", "PUBLISHED"),
      (row) => row.status === "PUBLISHED" && (row.publishedAtUs ?? s.nowUs) < s.nowUs - ageUs,
      { order: (a, b) => (a.publishedAtUs ?? 0) - (b.publishedAtUs ?? 0) || byId(a, b), max },
    ),
  );
  const old = await db.run(tx, "outbox.cleanUp:oldPublications", (s) =>
    s
      .all(outboxPublications)
      .sort(byId)
      .slice(0, max)
      .filter((row) => row.publishedAtUs < s.nowUs - ageUs)
      .map(({ id }) => id),
  );
  if (old.length === 0) return messages;
  const publications = await db.run(tx, "outbox.cleanUp:publications", (s) =>
    s.remove(outboxPublications.of(old), () => true),
  );
  return messages + publications;
}

function present(row: OutboxRow): OutboxMessage {
  return {
    id: row.id,
    messageId: row.messageId,
    aggregateType: row.aggregateType,
    aggregateId: row.aggregateId,
    aggregateVersion: row.aggregateVersion,
    type: row.type,
    payload: jsonObject(row.payload),
    bucket: row.bucket,
    attempts: row.attempts,
    createdAt: dateOf(row.createdAtUs),
  };
}
