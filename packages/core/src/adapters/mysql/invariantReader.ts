import type {
  AdmissionLimits,
  CheckedAdmissionRow,
  InvariantReader,
  InvariantSnapshot,
  Pages,
  QueueLimitsRow,
  UnpublishedRow,
} from "../../ports/invariantReader.ts";
import type { Clock } from "../../shared/clock.ts";
import type { SelectFromSnapshot, SnapshotValues, WithSnapshot } from "./consistentSnapshot.ts";
import type { PagedTable } from "./invariantStatements.ts";
import * as statements from "./invariantStatements.ts";
import { keyedPages, PAGE_SIZE } from "./keyedPages.ts";
import { pacedReads } from "./pacedReads.ts";

/**
 * Reads the tables for the checkers of the invariants. All statements run in one read-only
 * transaction on one consistent snapshot, so their rows agree with each other, even during a sale.
 * The reader takes no row locks. While the snapshot is open, the server keeps the old versions of
 * changed rows, so the work should take minutes at most.
 */
export function mysqlInvariantReader(withSnapshot: WithSnapshot, clock: Clock): InvariantReader {
  return {
    read: (check, { share = 1 } = {}) =>
      withSnapshot(async (select) => {
        const [now] = await select<{ nowUs: number }>(statements.NOW);
        const paced = pacedReads(select, clock, share);
        return check(snapshotOver(paced, now?.nowUs ?? Number.NaN));
      }),
    size: (max) =>
      withSnapshot(async (select) => {
        const [found] = await select<{ size: number }>(statements.SIZE, { limit: max + 1 });
        return found?.size ?? Number.NaN;
      }),
  };
}

function snapshotOver(select: SelectFromSnapshot, nowUs: number): InvariantSnapshot {
  /** Reads pages in the order of a numeric key. */
  const byNumber = <Row extends object>(
    { sql, keyOf }: PagedTable<Row, number>,
    values: SnapshotValues = {},
  ): Pages<Row> =>
    keyedPages(-1, keyOf, (after, limit) => select<Row>(sql, { ...values, after, limit }));
  /** Reads pages in the order of the message id. */
  const byMessage = <Row extends object>(
    { sql, keyOf }: PagedTable<Row, string>,
    values: SnapshotValues = {},
  ): Pages<Row> =>
    keyedPages("", keyOf, (after, limit) => select<Row>(sql, { ...values, after, limit }));

  return {
    nowUs,
    seats: () => byNumber(statements.SEATS),
    seatLinks: () => byNumber(statements.SEAT_LINKS),
    reservations: () => byNumber(statements.RESERVATIONS),
    reservationSeats: () => byNumber(statements.RESERVATION_SEATS),
    payments: (by) => byNumber(statements.PAYMENTS[by]),
    accounts: () => byNumber(statements.ACCOUNTS),
    entries: () => byNumber(statements.ENTRIES),
    ownedReservations: () => byNumber(statements.OWNED_RESERVATIONS),
    answers: () => byNumber(statements.ANSWERS),
    async aggregateTypes() {
      const rows = await select<{ aggregateType: string }>(statements.AGGREGATE_TYPES);
      return rows.map(({ aggregateType }) => aggregateType);
    },
    messages: (aggregateType) => byNumber(statements.MESSAGES, { aggregateType }),
    publications: (aggregateType) => byNumber(statements.PUBLICATIONS, { aggregateType }),
    unpublishedMessages: () => unpublishedMessages(select),
    publishedMessages: (aggregateTypes) =>
      byMessage(statements.PUBLISHED, { aggregateTypes: aggregateTypes.join() }),
    inbox: (consumer) => byMessage(statements.INBOX, { consumer }),
    notifications: () => byMessage(statements.NOTIFICATIONS),
    queues: () => queuesWithLimits(select),
    admissions: (queueId) => inSequence(byNumber(statements.ADMISSIONS, { queueId })),
  };
}

/** Sorts admissions of the same time by sequence, because the index has only the times. */
async function* inSequence(pages: Pages<CheckedAdmissionRow>): Pages<CheckedAdmissionRow> {
  for await (const page of pages) {
    yield page.toSorted((a, b) => a.admittedAtUs - b.admittedAtUs || a.sequence - b.sequence);
  }
}

/**
 * A message with a publication of its aggregate. The answer has one row for each publication, or
 * one row when the aggregate has none.
 */
interface UnpublishedJoinRow extends Omit<UnpublishedRow, "publishedVersions"> {
  readonly id: number;
  readonly publishedVersion: number | null;
}

const UNPUBLISHED_STATUSES = ["PENDING", "DEAD", "DISCARDED"] as const;

async function* unpublishedMessages(select: SelectFromSnapshot): Pages<UnpublishedRow> {
  const buckets = await select<{ bucket: number }>(statements.BUCKETS);
  for (const { bucket } of buckets) {
    for (const status of UNPUBLISHED_STATUSES) {
      let after = 0;
      for (let isDone = false; !isDone; ) {
        const values = { bucket, status, after, limit: PAGE_SIZE };
        const rows = await select<UnpublishedJoinRow>(statements.UNPUBLISHED, values);
        const messages = Map.groupBy(rows, (row) => row.id);
        after = rows.at(-1)?.id ?? after;
        isDone = messages.size < PAGE_SIZE;
        yield [...messages.values()].flatMap(withVersions);
      }
    }
  }
}

function withVersions(rows: readonly UnpublishedJoinRow[]): UnpublishedRow[] {
  const [first] = rows;
  if (!first) return [];
  const { id: _id, publishedVersion: _version, ...message } = first;
  const publishedVersions = rows.flatMap(({ publishedVersion }) => publishedVersion ?? []);
  return [{ ...message, publishedVersions }];
}

async function queuesWithLimits(select: SelectFromSnapshot): Promise<QueueLimitsRow[]> {
  const queues = await select<AdmissionLimits & { id: string }>(statements.QUEUES);
  const former = await select<QueueLimitsRow["formerLimits"][number] & { queueId: string }>(
    statements.FORMER_LIMITS,
  );
  return queues.map((queue) => ({
    ...queue,
    formerLimits: former
      .filter(({ queueId }) => queueId === queue.id)
      .map(({ queueId: _queueId, ...limits }) => limits),
  }));
}
