import type {
  BucketCounts,
  MessageSelection,
  MessageState,
  OutboxAdminStore,
} from "../../ports/outboxAdminStore.ts";
import type { MessageStatus } from "../../ports/outboxStore.ts";
import type { Database, SqlValues } from "./database.ts";
import * as statements from "./outboxAdminStatements.ts";

const ALL_STATUSES: readonly MessageStatus[] = ["PENDING", "PUBLISHED", "DEAD", "DISCARDED"];
/** Used for an empty list, because IN () is not valid SQL. No message has this id. */
const NO_ID = 0;

/** The statements with which operators read and change the outbox. */
export function sqlOutboxAdminStore(db: Database): OutboxAdminStore {
  return {
    list: (tx, selection, { state, beforeId, max }) =>
      db.select(tx, statements.LIST, {
        ...valuesOf(selection),
        ...conditionsOf(state),
        beforeId: beforeId ?? null,
        max,
      }),

    async find(tx, id) {
      const found =
        typeof id === "number"
          ? await db.select(tx, statements.FIND_BY_ID, { id })
          : await db.select(tx, statements.FIND_BY_MESSAGE_ID, { messageId: id });
      return found[0];
    },

    listVersion: (tx, { aggregateType, aggregateId, aggregateVersion }) =>
      db.select(tx, statements.LIST_VERSION, { aggregateType, aggregateId, aggregateVersion }),

    listLater: (tx, { aggregateType, aggregateId, aggregateVersion }, max) =>
      db.select(tx, statements.LIST_LATER, { aggregateType, aggregateId, aggregateVersion, max }),

    listPublications: (tx, { messageId, aggregateType, aggregateId }, max) =>
      db.select(tx, statements.LIST_PUBLICATIONS, { messageId, aggregateType, aggregateId, max }),

    countBlocked: async (tx) => (await db.select(tx, statements.COUNT_BLOCKED))[0] ?? 0,

    countByBucket: async (tx) => countsOf(await db.select(tx, statements.COUNT_BY_BUCKET)),

    listFailures: (tx, max) => db.select(tx, statements.LIST_FAILURES, { max }),

    countPublications: async (tx, withinMs, max) =>
      (await db.select(tx, statements.COUNT_PUBLICATIONS, { withinUs: us(withinMs), max }))[0] ?? 0,

    async countSelected(tx, selection, status) {
      const values = { ...valuesOf(selection), status };
      const [selected] = await db.select(tx, statements.COUNT_SELECTED, values);
      return selected ?? { count: 0, firstId: undefined, lastId: undefined };
    },

    nextSelected: (tx, selection, page) =>
      db.select(tx, statements.NEXT_SELECTED, { ...valuesOf(selection), ...page }),

    async countPublishedBefore(tx, selection, ageMs) {
      const values = { ...valuesOf(selection), ageUs: us(ageMs) };
      return (await db.select(tx, statements.COUNT_PUBLISHED_BEFORE, values))[0] ?? 0;
    },

    countReplayed: async (tx, jobId, range) =>
      new Map(await db.select(tx, statements.COUNT_REPLAYED, { jobId, ...range })),

    async replay(tx, ids, { jobId, withinMs }) {
      if (ids.length === 0) return 0;
      return db.change(tx, statements.REPLAY, { ids, jobId, withinUs: us(withinMs) });
    },

    async redrive(tx, ids) {
      return ids.length === 0 ? 0 : db.change(tx, statements.REDRIVE, { ids });
    },

    async discard(tx, ids, auditId) {
      return ids.length === 0 ? 0 : db.change(tx, statements.DISCARD, { ids, auditId });
    },
  };
}

const us = (ms: number): number => Math.round(ms * 1000);

function valuesOf(selection: MessageSelection): SqlValues {
  const { ids, aggregateType, aggregateId, type, since, until } = selection;
  return {
    isAnyId: ids === undefined,
    ids: ids === undefined || ids.length === 0 ? [NO_ID] : ids,
    aggregateType: aggregateType ?? null,
    aggregateId: aggregateId ?? null,
    type: type ?? null,
    since: since ?? null,
    until: until ?? null,
  };
}

/**
 * BLOCKED is not stored: such a message is PENDING, and an earlier message of its aggregate failed.
 */
function conditionsOf(state: MessageState | undefined): SqlValues {
  if (state === undefined) return { statuses: ALL_STATUSES, blocked: "any" };
  if (state === "BLOCKED") return { statuses: ["PENDING"], blocked: "yes" };
  return { statuses: [state], blocked: state === "PENDING" ? "no" : "any" };
}

interface StatusCounts {
  readonly bucket: number;
  readonly status: MessageStatus;
  readonly messages: number;
  readonly oldestMs: number;
}

function countsOf(rows: readonly StatusCounts[]): readonly BucketCounts[] {
  return [...Map.groupBy(rows, ({ bucket }) => bucket)]
    .sort(([a], [b]) => a - b)
    .map(([bucket, ofBucket]) => {
      const pending = ofBucket.find(({ status }) => status === "PENDING");
      const dead = ofBucket.find(({ status }) => status === "DEAD");
      return {
        bucket,
        pending: pending?.messages ?? 0,
        dead: dead?.messages ?? 0,
        oldestPendingAgeMs: Math.max(0, pending?.oldestMs ?? 0),
      };
    });
}
