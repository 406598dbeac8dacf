import { DISCARD_OPERATION } from "../../outbox/messageStates.ts";
import type {
  CheckedSeatRow,
  InvariantReader,
  InvariantSnapshot,
  Pages,
  SeatLinkRow,
  UnpublishedRow,
} from "../../ports/invariantReader.ts";
import { ADJUST_OPERATION } from "../../shared/entryKinds.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { Statement } from "./database/statement.ts";
import type { TableRows } from "./database/tableRows.ts";
import { byId, type Tables } from "./database/tables.ts";

/**
 * Reads the in-memory tables for the checkers of the invariants. One statement reads all tables. A
 * row object is never modified, so all pages show the same moment. Each table is one page.
 */
export function memoryInvariantReader(db: MemoryDb): InvariantReader {
  return {
    async read(check) {
      const rows = await db.run(null, "invariants.read", (s) => committedRows(s, db.tables));
      return check(snapshotOf(rows));
    },
    size: () =>
      db.run(null, "invariants.size", (s) => {
        const { seats, outboxMessages } = db.tables;
        return s.all(seats).length + s.all(outboxMessages).length;
      }),
  };
}

type CommittedRows = ReturnType<typeof committedRows>;

function committedRows(s: Statement, tables: Tables) {
  return {
    nowUs: s.nowUs,
    seats: s.all(tables.seats),
    reservations: s.all(tables.reservations),
    reservationSeats: s.all(tables.reservationSeats),
    payments: s.all(tables.payments),
    pointAccounts: s.all(tables.pointAccounts),
    pointEntries: s.all(tables.pointEntries),
    idempotencyRecords: s.all(tables.idempotencyRecords),
    outboxMessages: s.all(tables.outboxMessages),
    outboxPublications: s.all(tables.outboxPublications),
    opsAudit: s.all(tables.opsAudit),
    inboxMessages: s.all(tables.inboxMessages),
    notifications: s.all(tables.notifications),
    queues: s.all(tables.queues),
    queueFormerLimits: s.all(tables.queueFormerLimits),
    queueAdmissions: s.all(tables.queueAdmissions),
  };
}

async function* onePage<Row>(rows: readonly Row[]): Pages<Row> {
  yield rows;
}

function by<Column extends string>(column: Column) {
  return (a: Readonly<Record<Column, number>>, b: Readonly<Record<Column, number>>): number =>
    a[column] - b[column];
}

function byMessageId(a: { readonly messageId: string }, b: { readonly messageId: string }): number {
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0;
}

function snapshotOf(rows: CommittedRows): InvariantSnapshot {
  const messagesByType = Map.groupBy(rows.outboxMessages, (row) => row.aggregateType);
  const publicationsByType = Map.groupBy(rows.outboxPublications, (row) => row.aggregateType);
  const ofType = <Row>(types: ReadonlyMap<string, readonly Row[]>, type: string) =>
    types.get(type) ?? [];
  return {
    nowUs: rows.nowUs,
    ...snapshotOfSale(rows),
    ...snapshotOfPoints(rows),
    aggregateTypes: async () => [
      ...new Set<string>([...messagesByType.keys(), ...publicationsByType.keys()]),
    ],
    messages: (type) =>
      onePage(
        ofType(messagesByType, type).toSorted(
          (a, b) => a.aggregateId - b.aggregateId || a.aggregateVersion - b.aggregateVersion,
        ),
      ),
    publications: (type) =>
      onePage(
        ofType(publicationsByType, type).toSorted(
          (a, b) => a.aggregateId - b.aggregateId || a.id - b.id,
        ),
      ),
    unpublishedMessages: () => onePage(unpublishedRows(rows)),
    publishedMessages: (types) =>
      onePage(
        rows.outboxMessages
          .filter((row) => row.status === "PUBLISHED" && types.includes(row.aggregateType))
          .sort(byMessageId),
      ),
    inbox: (consumer) =>
      onePage(rows.inboxMessages.filter((row) => row.consumer === consumer).sort(byMessageId)),
    notifications: () => onePage(rows.notifications.toSorted(byMessageId)),
    queues: async () =>
      rows.queues
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((queue) => ({
          ...queue,
          formerLimits: rows.queueFormerLimits
            .filter(({ queueId }) => queueId === queue.id)
            .sort(byId),
        })),
    admissions: (queueId) =>
      onePage(
        rows.queueAdmissions
          .filter((row) => row.queueId === queueId)
          .sort((a, b) => a.admittedAtUs - b.admittedAtUs || a.sequence - b.sequence),
      ),
  };
}

type SaleMethods = "seats" | "seatLinks" | "reservations" | "reservationSeats" | "payments";

function snapshotOfSale(rows: CommittedRows): Pick<InvariantSnapshot, SaleMethods> {
  const reservations = new Map(rows.reservations.map((row) => [row.id, row]));
  const seatRows = (): CheckedSeatRow[] =>
    rows.seats.toSorted(byId).map((seat) => {
      const reservation =
        seat.reservationId === null ? undefined : reservations.get(seat.reservationId);
      const reservationStatus = reservation?.status ?? null;
      return {
        ...seat,
        reservationStatus,
        reservationExpiresAtUs: reservation?.expiresAtUs ?? null,
      };
    });
  const linkRows = (): SeatLinkRow[] =>
    rows.reservationSeats.toSorted(by("seatId")).map((link) => {
      const reservation = reservations.get(link.reservationId);
      return reservation ? { ...reservation, ...link } : { ...link, status: null };
    });
  return {
    seats: () => onePage(seatRows()),
    seatLinks: () => onePage(linkRows()),
    reservations: () => onePage(rows.reservations.toSorted(byId)),
    reservationSeats: () => onePage(rows.reservationSeats.toSorted(by("reservationId"))),
    payments: (column) => onePage(rows.payments.toSorted((a, b) => by(column)(a, b) || byId(a, b))),
  };
}

type PointMethods = "accounts" | "entries" | "ownedReservations" | "answers";

function snapshotOfPoints(rows: CommittedRows): Pick<InvariantSnapshot, PointMethods> {
  const adjusts = auditsOf(rows.opsAudit, ADJUST_OPERATION);
  return {
    accounts: () => onePage(rows.pointAccounts.toSorted(by("userId"))),
    entries: () =>
      onePage(
        rows.pointEntries
          .toSorted(
            (a, b) => a.userId - b.userId || a.accountVersion - b.accountVersion || byId(a, b),
          )
          .map(({ adjustAudit, ...entry }) => ({
            ...entry,
            adjustAudit: adjustAudit !== null && adjusts.has(adjustAudit) ? adjustAudit : null,
          })),
      ),
    ownedReservations: () => onePage(rows.reservations.toSorted(by("userId"))),
    answers: () =>
      onePage(
        rows.idempotencyRecords
          .toSorted(by("userId"))
          .map(({ idempotencyKey, ...record }) => ({ ...record, key: idempotencyKey })),
      ),
  };
}

/** The ids of the audit records of one operation. */
function auditsOf(audits: CommittedRows["opsAudit"], operation: string): ReadonlySet<number> {
  return new Set(audits.filter((one) => one.operation === operation).map(({ id }) => id));
}

function unpublishedRows(rows: CommittedRows): UnpublishedRow[] {
  const { outboxMessages, outboxPublications, opsAudit } = rows;
  const unpublished = outboxMessages.filter(({ status }) => status !== "PUBLISHED");
  if (unpublished.length === 0) return [];
  const runOf = (row: TableRows["outboxMessages"] | TableRows["outboxPublications"]): string =>
    `${row.aggregateType}/${row.aggregateId}/${row.replayJob}`;
  const published = Map.groupBy(outboxPublications, runOf);
  const discards = auditsOf(opsAudit, DISCARD_OPERATION);
  return unpublished.map((message) => {
    const { messageId, aggregateType, aggregateId, aggregateVersion } = message;
    const { status, attempts, replayJob, discardAudit } = message;
    const publications = published.get(runOf(message)) ?? [];
    return {
      ...{ messageId, aggregateType, aggregateId, aggregateVersion, status, attempts, replayJob },
      discardAudit: discardAudit !== null && discards.has(discardAudit) ? discardAudit : null,
      publishedVersions: publications.map((row) => row.aggregateVersion),
    };
  });
}
