import { DAY_US, HOUR_US, MINUTE_US } from "@onsale/conformance/invariants/historyFacts";
import type { History, HistoryRow, HistoryTable } from "@onsale/conformance/invariants/historyRows";
import fc from "fast-check";
import type { AggregateType } from "../../src/events/eventCatalog.ts";
import { NOTIFIER } from "../../src/notification/notifier.ts";
import { ENTRY_KINDS } from "../../src/shared/entryKinds.ts";

/** Few rows with few values, so that most rows share a key. */
const ROWS_MAX = 5;

/**
 * Times for the rows, as differences from now. On both sides of every limit there is a time. No
 * time is so near to a limit that a result changes while the test runs.
 */
const OFFSETS_US = [
  -8 * DAY_US,
  -6 * DAY_US,
  -2 * HOUR_US,
  -30 * MINUTE_US,
  -30 * MINUTE_US + 10_000_000,
  -30 * MINUTE_US + 10_000_001,
  HOUR_US,
  HOUR_US + 1_000,
  HOUR_US + 1_001,
];

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(values, { nil: null });
const amount = fc.constantFrom(1_000, 2_000);
const aggregate = {
  aggregateType: fc.constantFrom<AggregateType>("reservation", "payment", "point-account"),
  aggregateId: upTo(3),
  aggregateVersion: fc.integer({ min: 0, max: 4 }),
};
const messageId = upTo(ROWS_MAX).map((id) => `message-${id}`);
const queueId = fc.constantFrom("main", "Main", "side");

/** Rows with different keys; `finish` gets the index of each row. */
function rowsOf<Row, Finished = Row>(
  row: fc.Arbitrary<Row>,
  keyOf: (row: Row) => string | number,
  finish: (row: Row, id: number) => Finished,
): fc.Arbitrary<readonly Finished[]> {
  return fc
    .uniqueArray(row, { selector: keyOf, maxLength: ROWS_MAX })
    .map((rows) => rows.map((one, index) => finish(one, index + 1)));
}

type Rows<Table extends HistoryTable> = fc.Arbitrary<readonly HistoryRow[Table][]>;

function arbitrarySale(time: fc.Arbitrary<number>, nowUs: number) {
  const seats: Rows<"seats"> = rowsOf(
    fc.record({
      id: upTo(4),
      performanceId: upTo(2),
      status: fc.constantFrom("AVAILABLE", "HELD", "SOLD", "BLOCKED"),
      reservationId: orNull(upTo(4)),
      holdExpiresAtUs: orNull(time),
    }),
    (row) => row.id,
    (row) => ({
      ...{ ...row, seatNo: `A-${row.id}`, section: "A", price: 1_000, version: 1 },
      ...{ rowName: null, isAccessible: 0 },
    }),
  );
  const reservations: Rows<"reservations"> = rowsOf(
    fc.record({
      id: upTo(4),
      userId: upTo(2),
      performanceId: upTo(2),
      status: fc.constantFrom("PENDING", "CONFIRMED", "CANCELLED", "EXPIRED", "REFUNDED"),
      amount,
      expiresAtUs: time,
      version: fc.integer({ min: 0, max: 4 }),
      createdAtUs: time,
      updatedAtUs: time,
    }),
    (row) => row.id,
    (row) => row,
  );
  const reservationSeats: Rows<"reservationSeats"> = rowsOf(
    fc.record({
      reservationId: upTo(4),
      seatId: upTo(3),
      price: amount,
      live: fc.constantFrom(1, null),
      releasedVersion: orNull(upTo(4)),
    }),
    (row) => `${row.reservationId}/${row.seatId}`,
    (row) => ({ ...row, seatVersion: 1, releasedAtUs: row.releasedVersion && nowUs }),
  );
  const payments: Rows<"payments"> = rowsOf(
    fc.record({
      reservationId: upTo(4),
      userId: upTo(2),
      amount,
      partlyRefunded: fc.constantFrom(0, 1_000),
      status: fc.constantFrom("CAPTURED", "REFUNDED"),
      version: fc.integer({ min: 0, max: 3 }),
      capturedAtUs: time,
      refundedAtUs: orNull(time),
    }),
    (row) => row.reservationId,
    (row, id) => ({ ...row, id }),
  );
  return { seats, reservations, reservationSeats, payments };
}

const namedId = fc.oneof(upTo(4), fc.constantFrom<unknown>("2", "x", null, undefined));

const answer = fc.oneof(
  fc.constantFrom(null, "", "{", "[1]", "7"),
  fc
    .record({
      reservationId: namedId,
      paymentId: namedId,
      currentPoints: fc.oneof(amount, namedId),
    })
    .map((named) => JSON.stringify(named)),
);

function arbitraryPoints(time: fc.Arbitrary<number>) {
  const balance = fc.constantFrom(-1_000, 0, 1_000, 2_000, 3_000);
  const pointAccounts: Rows<"pointAccounts"> = rowsOf(
    fc.record({
      userId: upTo(3),
      balance,
      version: fc.integer({ min: 0, max: 3 }),
      updatedAtUs: time,
    }),
    (row) => row.userId,
    (row) => row,
  );
  const pointEntries: Rows<"pointEntries"> = rowsOf(
    fc.record({
      id: upTo(ROWS_MAX),
      userId: upTo(3),
      kind: fc.constantFrom(...ENTRY_KINDS),
      amount,
      balanceAfter: balance,
      accountVersion: upTo(3),
      reservationId: orNull(upTo(4)),
      createdAtUs: time,
    }),
    (row) => row.id,
    (row) => ({ ...row, entryKey: `entry-${row.id}`, adjustAudit: null }),
  );
  const idempotencyRecords: Rows<"idempotencyRecords"> = rowsOf(
    fc.record({
      userId: upTo(2),
      operation: fc.constantFrom("charge", "reserve", "pay", "refund"),
      idempotencyKey: fc.constantFrom("a", "A"),
      answer,
      createdAtUs: time,
    }),
    (row) => `${row.userId}/${row.operation}/${row.idempotencyKey}`,
    (row) => ({ ...row, fingerprint: "f".repeat(64) }),
  );
  return { pointAccounts, pointEntries, idempotencyRecords };
}

function arbitraryMessages(time: fc.Arbitrary<number>) {
  const outboxMessages: Rows<"outboxMessages"> = rowsOf(
    fc.record({
      ...aggregate,
      id: upTo(ROWS_MAX),
      status: fc.constantFrom("PENDING", "PUBLISHED", "DEAD", "DISCARDED"),
      attempts: upTo(3),
      createdAtUs: time,
      publishedAtUs: orNull(time),
    }),
    (row) => row.id,
    (row) => ({
      ...row,
      messageId: `message-${row.id}`,
      type: "reservation.held",
      payload: "{}",
      bucket: 0,
      nextAttemptAtUs: row.createdAtUs,
      lastError: null,
      ...{ replayJob: null, replayedAtUs: null, discardAudit: null },
    }),
  );
  const outboxPublications: Rows<"outboxPublications"> = rowsOf(
    fc.record({ ...aggregate, id: upTo(9), messageId, publishedAtUs: time }),
    (row) => row.id,
    (row) => ({ ...row, owner: "relay", replayJob: null }),
  );
  const inboxMessages: Rows<"inboxMessages"> = rowsOf(
    fc.record({
      consumer: fc.constantFrom(NOTIFIER, "projection"),
      messageId,
      appliedAtUs: time,
    }),
    (row) => `${row.consumer}/${row.messageId}`,
    (row) => row,
  );
  const notifications: Rows<"notifications"> = rowsOf(
    fc.record({ id: upTo(ROWS_MAX), messageId, createdAtUs: time }),
    (row) => row.id,
    (row) => ({
      ...row,
      body: "{}",
      status: "OWED",
      attempts: 0,
      nextAttemptAtUs: row.createdAtUs,
      deliveredAtUs: null,
      lastError: null,
      reservationId: null,
    }),
  );
  const opsAudit: Rows<"opsAudit"> = fc.constant([]);
  return { outboxMessages, outboxPublications, inboxMessages, notifications, opsAudit };
}

/**
 * The times are steps of 5 s, the tolerance around a change of limits, so some are exactly at its
 * end.
 */
function arbitraryQueues(nowUs: number) {
  const time = fc.integer({ min: 0, max: 15 }).map((step) => nowUs - HOUR_US + step * 5_000_000);
  const limits = { activeCountMax: upTo(3), admissionRatePerMinute: upTo(3) };
  const queues: Rows<"queues"> = rowsOf(
    fc.record({ id: queueId, ...limits }),
    (row) => row.id,
    (row) => ({
      ...row,
      generation: 1,
      settingsVersion: 1,
      epoch: 1,
      activeTtlMs: 60_000,
      claimMs: 30_000,
      mode: "open",
    }),
  );
  const queueFormerLimits: Rows<"queueFormerLimits"> = rowsOf(
    fc.record({ id: upTo(3), queueId, ...limits, endedAtUs: time }),
    (row) => row.id,
    (row) => row,
  );
  const queueAdmissions: Rows<"queueAdmissions"> = rowsOf(
    fc.record({
      queueId: fc.constantFrom("main", "Main"),
      userId: upTo(3),
      sequence: upTo(9),
      admittedAtUs: time,
      enteredAtUs: time,
      expiresAtMs: time.map((atUs) => atUs / 1000),
      endedAtUs: orNull(time),
    }),
    (row) => `${row.queueId}/${row.sequence}`,
    (row, id) => ({ ...row, id, endReason: null }),
  );
  return { queues, queueFormerLimits, queueAdmissions };
}

/** Random rows, even in impossible combinations, and the answers that clients received. */
export function arbitraryHistory(nowUs: number): fc.Arbitrary<History> {
  const time = fc.constantFrom(...OFFSETS_US.map((offsetUs) => nowUs + offsetUs));
  const ids = fc.array(upTo(5), { maxLength: 4 });
  return fc.record({
    nowUs: fc.constant(nowUs),
    rows: fc.record({
      ...arbitrarySale(time, nowUs),
      ...arbitraryPoints(time),
      ...arbitraryMessages(time),
      ...arbitraryQueues(nowUs),
    }),
    acknowledged: fc.option(
      fc.record({
        reservationIds: ids,
        paymentIds: ids,
        chargedByUser: fc
          .array(fc.tuple(upTo(4), amount), { maxLength: 3 })
          .map((charged) => new Map(charged)),
      }),
      { nil: undefined },
    ),
  });
}
