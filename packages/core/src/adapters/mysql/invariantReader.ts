import type {
  AccountRow,
  AdmissionLimits,
  AnswerRow,
  CheckedAdmissionRow,
  CheckedInboxRow,
  CheckedNotificationRow,
  CheckedPaymentRow,
  CheckedReservationRow,
  CheckedSeatRow,
  EntryRow,
  InvariantReader,
  InvariantSnapshot,
  OwnedReservationRow,
  Pages,
  PublishedRow,
  QueueLimitsRow,
  ReservationSeatRow,
  SeatLinkRow,
  UnpublishedRow,
  VersionRow,
} from "../../ports/invariantReader.ts";
import type { SelectFromSnapshot, SnapshotValues, WithSnapshot } from "./consistentSnapshot.ts";
import * as statements from "./invariantStatements.ts";
import { keyedPages, PAGE_SIZE } from "./keyedPages.ts";

/**
 * Reads the tables for the checkers of the invariants. All statements run in one read-only
 * transaction on one consistent snapshot, so their rows fit together during a sale. The reader
 * takes no row locks. While the snapshot is open, the server keeps the old versions of changed
 * rows, so the work should take only seconds.
 */
export function mysqlInvariantReader(withSnapshot: WithSnapshot): InvariantReader {
  return {
    read: (check) =>
      withSnapshot(async (select) => {
        const [now] = await select<{ nowUs: number }>(statements.NOW);
        return check(snapshotOver(select, now?.nowUs ?? Number.NaN));
      }),
  };
}

function snapshotOver(select: SelectFromSnapshot, nowUs: number): InvariantSnapshot {
  /** Pages in the order of a numeric key. */
  const byNumber = <Row extends object>(
    sql: string,
    keyOf: (row: Row) => number,
    values: SnapshotValues = {},
  ): Pages<Row> =>
    keyedPages(-1, keyOf, (after, limit) => select<Row>(sql, { ...values, after, limit }));
  /** Pages in the order of the message id. */
  const byMessage = <Row extends { readonly messageId: string }>(
    sql: string,
    values: SnapshotValues = {},
  ): Pages<Row> =>
    keyedPages(
      "",
      (row) => row.messageId,
      (after, limit) => select<Row>(sql, { ...values, after, limit }),
    );
  const ofAggregates = <Row extends VersionRow>(sql: string, aggregateType: string): Pages<Row> =>
    byNumber<Row>(sql, (row) => row.aggregateId, { aggregateType });

  return {
    nowUs,
    seats: () => byNumber<CheckedSeatRow>(statements.SEATS, (row) => row.id),
    seatLinks: () => byNumber<SeatLinkRow>(statements.SEAT_LINKS, (row) => row.seatId),
    reservations: () => byNumber<CheckedReservationRow>(statements.RESERVATIONS, (row) => row.id),
    reservationSeats: () =>
      byNumber<ReservationSeatRow>(statements.RESERVATION_SEATS, (row) => row.reservationId),
    payments: (by) => byNumber<CheckedPaymentRow>(statements.PAYMENTS[by], (row) => row[by]),
    accounts: () => byNumber<AccountRow>(statements.ACCOUNTS, (row) => row.userId),
    entries: () => byNumber<EntryRow>(statements.ENTRIES, (row) => row.userId),
    ownedReservations: () =>
      byNumber<OwnedReservationRow>(statements.OWNED_RESERVATIONS, (row) => row.userId),
    answers: () => byNumber<AnswerRow>(statements.ANSWERS, (row) => row.userId),
    async aggregateTypes() {
      const rows = await select<{ aggregateType: string }>(statements.AGGREGATE_TYPES);
      return rows.map(({ aggregateType }) => aggregateType);
    },
    messages: (aggregateType) => ofAggregates(statements.MESSAGES, aggregateType),
    publications: (aggregateType) => ofAggregates(statements.PUBLICATIONS, aggregateType),
    unpublishedMessages: () => unpublishedMessages(select),
    publishedMessages: (aggregateTypes) =>
      byMessage<PublishedRow>(statements.PUBLISHED, { aggregateTypes: aggregateTypes.join() }),
    inbox: (consumer) => byMessage<CheckedInboxRow>(statements.INBOX, { consumer }),
    notifications: () => byMessage<CheckedNotificationRow>(statements.NOTIFICATIONS),
    queues: () => queuesWithLimits(select),
    admissions: (queueId) =>
      inSequence(
        byNumber<CheckedAdmissionRow>(statements.ADMISSIONS, (row) => row.admittedAtUs, {
          queueId,
        }),
      ),
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

const UNPUBLISHED_STATUSES = ["PENDING", "DEAD"] as const;

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
