import type { BucketLease, OutboxCounts, OutboxStore } from "../../ports/outboxStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { lastError } from "../shared/lastError.ts";
import type { Database } from "./database.ts";
import * as statements from "./outboxStatements.ts";

/** Stores outbox messages. The database's clock decides when a message is due. */
export function sqlOutboxStore(db: Database): OutboxStore {
  /** Locks the leases. @returns whether all of them are still valid */
  async function lockLeases(tx: Tx, leases: readonly BucketLease[], owner: string) {
    const names = leases.map(({ name }) => name);
    const epochs = new Map(await db.select(tx, statements.FENCE, { names, owner }));
    return leases.every(({ name, epoch }) => epochs.get(name) === epoch);
  }

  return {
    async append(tx, messages) {
      if (messages.length === 0) return;
      const rows = messages.map((message) => [
        message.messageId,
        message.aggregateType,
        message.aggregateId,
        message.aggregateVersion,
        message.type,
        JSON.stringify(message.payload),
        message.bucket,
      ]);
      await db.insert(tx, statements.APPEND, { rows });
      for (const { messageId } of messages) db.noteCommitMarker(tx, messageId);
    },

    pending: (tx, bucket, max) => db.select(tx, statements.PENDING, { bucket, max }),

    due: (tx, bucket, max) => db.select(tx, statements.DUE, { bucket, max }),

    async markPublished(tx, leases, ids) {
      const [first] = leases;
      if (ids.length === 0 || first === undefined) return 0;
      if (!(await lockLeases(tx, leases, first.owner))) return 0;
      await db.change(tx, statements.NOTE_PUBLICATIONS, { owner: first.owner, ids });
      return db.change(tx, statements.MARK_PUBLISHED, { ids });
    },

    async markFailed(tx, id, { error, retryInMs, dead }) {
      await db.change(tx, statements.MARK_FAILED, {
        id,
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
        dead,
      });
    },

    async postpone(tx, ids, { error, retryInMs }) {
      if (ids.length === 0) return;
      const retryInUs = Math.round(retryInMs * 1000);
      await db.change(tx, statements.POSTPONE, { ids, error: lastError(error), retryInUs });
    },

    counts: (tx) => readCounts(db, tx),

    async cleanUp(tx, ageMs, max) {
      const ageUs = Math.round(ageMs * 1000);
      const messages = await db.change(tx, statements.DELETE_PUBLISHED, { ageUs, max });
      const ids = await db.select(tx, statements.OLD_PUBLICATIONS, { ageUs, max });
      if (ids.length === 0) return messages;
      return messages + (await db.change(tx, statements.DELETE_PUBLICATIONS, { ids }));
    },
  };
}

async function readCounts(db: Database, tx: TxOrNone): Promise<OutboxCounts> {
  const byStatus = new Map(await db.select(tx, statements.COUNT_BY_STATUS));
  const [oldestUs = 0] = await db.select(tx, statements.OLDEST_PENDING);
  return {
    pending: byStatus.get("PENDING") ?? 0,
    published: byStatus.get("PUBLISHED") ?? 0,
    dead: byStatus.get("DEAD") ?? 0,
    discarded: byStatus.get("DISCARDED") ?? 0,
    oldestPendingAgeMs: Math.max(0, oldestUs / 1000),
  };
}
