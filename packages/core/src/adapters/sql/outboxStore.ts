import type {
  BucketLease,
  NewOutboxMessage,
  OutboxBacklog,
  OutboxStore,
} from "../../ports/outboxStore.ts";
import type { Tx, TxOrNone } from "../../ports/transaction.ts";
import { lastError } from "../shared/lastError.ts";
import type { Database } from "./database.ts";
import { gather, insertStep, type Step } from "./group/step.ts";
import * as statements from "./outboxStatements.ts";

/** Stores outbox messages. The database's clock decides when a message is due. */
export function sqlOutboxStore(db: Database): OutboxStore {
  const append = appendMessages(db);
  return {
    append: (tx, messages) => gather(tx, append, messages),

    pending: (tx, bucket, max) => db.select(tx, statements.PENDING, { bucket, max }),

    due: (tx, bucket, max) => db.select(tx, statements.DUE, { bucket, max }),

    async markPublished(tx, leases, ids) {
      const [first] = leases;
      if (ids.length === 0 || first === undefined) return 0;
      if (!(await lockLeases(db, tx, leases))) return 0;
      await db.change(tx, statements.NOTE_PUBLICATIONS, { owner: first.owner, ids });
      return db.change(tx, statements.MARK_PUBLISHED, { ids });
    },

    async markFailed(tx, { id, attempts }, { error, retryInMs, dead }) {
      const marked = await db.change(tx, statements.MARK_FAILED, {
        ...{ id, attempts, dead },
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
      });
      return marked === 1;
    },

    async postpone(tx, messages, { error, retryInMs }) {
      if (messages.length === 0) return 0;
      return db.change(tx, statements.POSTPONE, {
        ids: messages.map(({ id }) => id),
        attempts: messages.map(({ id, attempts }) => [id, attempts]),
        error: lastError(error),
        retryInUs: Math.round(retryInMs * 1000),
      });
    },

    async counts(tx) {
      const counts = new Map(await db.select(tx, statements.COUNT_BY_STATUS));
      return {
        ...(await readBacklog(db, tx, counts)),
        published: counts.get("PUBLISHED") ?? 0,
        discarded: counts.get("DISCARDED") ?? 0,
      };
    },

    async backlog(tx) {
      return readBacklog(db, tx, new Map(await db.select(tx, statements.COUNT_BACKLOG)));
    },

    async cleanUp(tx, ageMs, max) {
      const ageUs = Math.round(ageMs * 1000);
      const messages = await db.change(tx, statements.DELETE_PUBLISHED, { ageUs, max });
      const ids = await db.select(tx, statements.OLD_PUBLICATIONS, { ageUs, max });
      if (ids.length === 0) return messages;
      return messages + (await db.change(tx, statements.DELETE_PUBLICATIONS, { ids }));
    },
  };
}

/** Locks leases of one owner until COMMIT. @returns whether all of them are still valid */
async function lockLeases(db: Database, tx: Tx, leases: readonly BucketLease[]): Promise<boolean> {
  const names = leases.map(({ name }) => name);
  const owner = leases[0]?.owner ?? "";
  const epochs = new Map(await db.select(tx, statements.FENCE, { names, owner }));
  return leases.every(({ name, epoch }) => epochs.get(name) === epoch);
}

async function readBacklog(
  db: Database,
  tx: TxOrNone,
  counts: ReadonlyMap<string, number>,
): Promise<OutboxBacklog> {
  const [oldestUs = 0] = await db.select(tx, statements.OLDEST_PENDING);
  return {
    pending: counts.get("PENDING") ?? 0,
    dead: counts.get("DEAD") ?? 0,
    oldestPendingAgeMs: Math.max(0, oldestUs / 1000),
  };
}

const appendMessages = (db: Database): Step<readonly NewOutboxMessage[], void> =>
  insertStep("outbox.append", (tx, calls) => appendAll(db, tx, calls.flat()));

async function appendAll(
  db: Database,
  tx: Tx,
  messages: readonly NewOutboxMessage[],
): Promise<void> {
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
}
