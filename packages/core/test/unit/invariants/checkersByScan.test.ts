import type { History, HistoryRows } from "@onsale/conformance/invariants/historyRows";
import { expect } from "chai";
import fc from "fast-check";
import { LEDGER_RULES } from "../../../src/invariants/balanceIsLedger.ts";
import { checkInvariants } from "../../../src/invariants/checkInvariants.ts";
import { PAYMENT_RULES } from "../../../src/invariants/paymentsMatchLedger.ts";
import { SEAT_RULES } from "../../../src/invariants/seatHasOneLiveReservation.ts";
import { SALE_RULES } from "../../../src/invariants/soldSeatsArePaid.ts";
import {
  DELIVERY_RULES,
  MESSAGE_RULES,
} from "../../../src/invariants/transitionsHaveOneMessage.ts";
import { VIOLATIONS_SHOWN_MAX } from "../../../src/invariants/violations.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "../../../src/notification/notifier.ts";
import type { InvariantId } from "../../../src/shared/invariantTitles.ts";
import { arbitraryHistory } from "../../support/arbitraryHistory.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryInvariantFixture } from "../../support/memoryInvariantFixture.ts";

const RUNS = 300;

/** How many rows break a rule: each row of one table is compared with every row of another. */
type Scan = (rows: HistoryRows) => number;

const countOf = <Row>(rows: readonly Row[], breaks: (row: Row) => boolean): number =>
  rows.filter(breaks).length;

const isCurrent = (status: string): boolean => status === "PENDING" || status === "CONFIRMED";

const isReserved = (status: string): boolean => status === "HELD" || status === "SOLD";

const SCANS: readonly (readonly [InvariantId, string, Scan])[] = [
  [
    "I1",
    SEAT_RULES.liveFlag,
    ({ reservationSeats, reservations }) =>
      countOf(reservationSeats, (link) =>
        reservations.some(
          (one) =>
            one.id === link.reservationId &&
            (isCurrent(one.status) && link.releasedAtUs === null) !== (link.live === 1),
        ),
      ),
  ],
  [
    "I1",
    SEAT_RULES.seatWithoutLink,
    ({ seats, reservationSeats }) =>
      countOf(
        seats,
        (seat) =>
          isReserved(seat.status) &&
          !reservationSeats.some(
            (link) =>
              link.live === 1 &&
              link.seatId === seat.id &&
              link.reservationId === seat.reservationId,
          ),
      ),
  ],
  [
    "I1",
    SEAT_RULES.linkWithoutSeat,
    ({ seats, reservationSeats }) =>
      countOf(
        reservationSeats,
        (link) =>
          link.live === 1 &&
          !seats.some(
            (seat) =>
              seat.id === link.seatId &&
              isReserved(seat.status) &&
              seat.reservationId === link.reservationId,
          ),
      ),
  ],
  [
    "I1",
    SEAT_RULES.noSeat,
    ({ reservations, reservationSeats }) =>
      countOf(
        reservations,
        ({ id }) => !reservationSeats.some(({ reservationId }) => reservationId === id),
      ),
  ],
  [
    "I2",
    SALE_RULES.confirmedUnpaid,
    ({ reservations, payments }) =>
      countOf(
        reservations,
        ({ id, status }) =>
          status === "CONFIRMED" &&
          !payments.some((paid) => paid.reservationId === id && paid.status === "CAPTURED"),
      ),
  ],
  [
    "I2",
    SALE_RULES.paidUnconfirmed,
    ({ reservations, payments }) =>
      countOf(
        payments,
        ({ reservationId, status }) =>
          status === "CAPTURED" &&
          !reservations.some((one) => one.id === reservationId && one.status === "CONFIRMED"),
      ),
  ],
  [
    "I3",
    LEDGER_RULES.noAccount,
    ({ pointEntries, pointAccounts }) =>
      countOf(pointEntries, ({ userId }) => !pointAccounts.some((one) => one.userId === userId)),
  ],
  [
    "I3",
    LEDGER_RULES.noAudit,
    ({ pointEntries }) => countOf(pointEntries, ({ kind }) => kind.startsWith("ADJUST_")),
  ],
  [
    "I3",
    LEDGER_RULES.accountVersion,
    ({ pointEntries, pointAccounts }) =>
      countOf(
        pointAccounts,
        ({ userId, version }) =>
          countOf(pointEntries, (entry) => entry.userId === userId) !== version,
      ),
  ],
  [
    "I4",
    PAYMENT_RULES.amountOrUser,
    ({ payments, reservations }) =>
      countOf(
        payments,
        (paid) =>
          !reservations.some(
            ({ id, amount, userId }) =>
              id === paid.reservationId &&
              amount === paid.amount - paid.partlyRefunded &&
              userId === paid.userId,
          ),
      ),
  ],
  [
    "I4",
    PAYMENT_RULES.entry,
    ({ pointEntries, payments }) =>
      countOf(pointEntries, ({ kind, reservationId, userId }) =>
        kind !== "SPEND" && kind !== "REFUND"
          ? reservationId !== null
          : !payments.some(
              (paid) => paid.reservationId === reservationId && paid.userId === userId,
            ),
      ),
  ],
  [
    "I5",
    MESSAGE_RULES.noTransition,
    ({ outboxMessages, reservations, payments, pointAccounts }) =>
      countOf(outboxMessages, ({ aggregateType, aggregateId: id, aggregateVersion }) => {
        const version = {
          reservation: reservations.find((one) => one.id === id)?.version,
          payment: payments.find((one) => one.id === id)?.version,
          "point-account": pointAccounts.find((one) => one.userId === id)?.version,
        }[aggregateType];
        return aggregateVersion < 1 || aggregateVersion > (version ?? 0);
      }),
  ],
  [
    "I5",
    DELIVERY_RULES.unpublished,
    ({ outboxMessages }) => countOf(outboxMessages, ({ status }) => status !== "PUBLISHED"),
  ],
];

const NOTIFIED_TYPES: ReadonlySet<string> = new Set(NOTIFIED_AGGREGATES);

/** The rules that accept what cleanup may have deleted. */
function scansAt({ nowUs, retentionMs }: { nowUs: number; retentionMs: number }): typeof SCANS {
  const isYoung = (timeUs: number | null) => timeUs !== null && timeUs > nowUs - retentionMs * 900;
  const isApplied = ({ inboxMessages }: HistoryRows, messageId: string): boolean =>
    inboxMessages.some((one) => one.consumer === NOTIFIER && one.messageId === messageId);
  return [
    ...SCANS,
    [
      "I5",
      MESSAGE_RULES.noInboxRecord,
      (rows) =>
        countOf(
          rows.notifications,
          (one) => isYoung(one.createdAtUs) && !isApplied(rows, one.messageId),
        ),
    ],
    [
      "I5",
      DELIVERY_RULES.unapplied,
      (rows) =>
        countOf(
          rows.outboxMessages,
          (one) =>
            one.status === "PUBLISHED" &&
            NOTIFIED_TYPES.has(one.aggregateType) &&
            isYoung(one.publishedAtUs) &&
            !isApplied(rows, one.messageId),
        ),
    ],
  ];
}

describe("the checkers of the invariants", () => {
  it("find the same violations as a comparison of all pairs of rows", async () => {
    const clock = fakeClock();
    const fixture = memoryInvariantFixture(clock);
    const nowUs = await fixture.nowUs();
    const { retentionMs } = fixture.core.config;

    let compared = 0;

    async function expectEqual({ rows, acknowledged }: History): Promise<void> {
      await fixture.plant(rows);
      const { results } = await checkInvariants(fixture.core, { acknowledged, drained: true });
      for (const [id, rule, scan] of scansAt({ nowUs, retentionMs })) {
        const result = results.find((one) => one.id === id);
        // Beyond the number that is shown, the violations of a rule cannot be counted.
        if (!result || result.violationCount > VIOLATIONS_SHOWN_MAX) continue;
        compared += 1;
        const found = countOf(result.violations, ({ message }) => message === rule);
        expect(found, `${id} ${rule}`).to.equal(scan(rows));
      }
    }

    await fc.assert(fc.asyncProperty(arbitraryHistory(nowUs), expectEqual), { numRuns: RUNS });
    expect(compared).to.be.above(RUNS * SCANS.length * 0.9);
  });
});
