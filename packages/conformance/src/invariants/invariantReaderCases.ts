import type { InvariantSnapshot, Pages } from "@onsale/core";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "@onsale/core/testing";
import { expect } from "chai";
import { corrupted } from "./corruption.ts";
import { ANN, BOB } from "./historyFacts.ts";
import { HISTORY_TABLES, type History, type HistoryRows } from "./historyRows.ts";
import type { InvariantFixture } from "./invariantFixture.ts";
import { wholeHistory } from "./wholeHistory.ts";

/** Number of rows: more than one page of any reader has. */
const ROWS_BEYOND_A_PAGE = 4_500;

type Key = string | number;

/** Returns, for each table, its pages, the key of their order, and the expected rows. */
function tablesOf(snapshot: InvariantSnapshot, rows: HistoryRows) {
  const table = <Row>(pages: Pages<Row>, keyOf: (row: Row) => Key, count: number) => ({
    keys: () => keysOf(pages, keyOf),
    count,
  });
  const ofType = (type: string) =>
    rows.outboxMessages.filter(({ aggregateType }) => aggregateType === type).length;
  return {
    seats: table(snapshot.seats(), (row) => row.id, rows.seats.length),
    seatLinks: table(snapshot.seatLinks(), (row) => row.seatId, rows.reservationSeats.length),
    reservations: table(snapshot.reservations(), (row) => row.id, rows.reservations.length),
    reservationSeats: table(
      snapshot.reservationSeats(),
      (row) => row.reservationId,
      rows.reservationSeats.length,
    ),
    payments: table(snapshot.payments("id"), (row) => row.id, rows.payments.length),
    paymentsByUser: table(snapshot.payments("userId"), (row) => row.userId, rows.payments.length),
    paymentsByReservation: table(
      snapshot.payments("reservationId"),
      (row) => row.reservationId,
      rows.payments.length,
    ),
    accounts: table(snapshot.accounts(), (row) => row.userId, rows.pointAccounts.length),
    entries: table(snapshot.entries(), (row) => row.userId, rows.pointEntries.length),
    owned: table(snapshot.ownedReservations(), (row) => row.userId, rows.reservations.length),
    answers: table(snapshot.answers(), (row) => row.userId, rows.idempotencyRecords.length),
    messages: table(
      snapshot.messages("reservation"),
      (row) => row.aggregateId,
      ofType("reservation"),
    ),
    publications: table(
      snapshot.publications("reservation"),
      (row) => row.aggregateId,
      ofType("reservation"),
    ),
    published: table(
      snapshot.publishedMessages(NOTIFIED_AGGREGATES),
      (row) => row.messageId,
      rows.inboxMessages.length,
    ),
    inbox: table(snapshot.inbox(NOTIFIER), (row) => row.messageId, rows.inboxMessages.length),
    notifications: table(
      snapshot.notifications(),
      (row) => row.messageId,
      rows.notifications.length,
    ),
    admissions: table(
      snapshot.admissions("main"),
      (row) => row.admittedAtUs,
      rows.queueAdmissions.length,
    ),
  };
}

/** Returns the keys of all rows. Fails when a key is on two pages. */
async function keysOf<Row>(pages: Pages<Row>, keyOf: (row: Row) => Key): Promise<Key[]> {
  const keys: Key[] = [];
  for await (const page of pages) {
    const [first] = page;
    if (first) expect(keyOf(first), "the first key of a page").to.not.equal(keys.at(-1));
    for (const row of page) keys.push(keyOf(row));
  }
  return keys;
}

async function expectAllRows(snapshot: InvariantSnapshot, rows: HistoryRows): Promise<void> {
  for (const [name, { keys, count }] of Object.entries(tablesOf(snapshot, rows))) {
    const read = await keys();
    expect(read, name).to.have.length(count);
    const inOrder = read.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(read, name).to.deep.equal(inOrder);
  }
}

/** The cases that every reader of rows for the checkers must pass. */
export function invariantReaderCases(name: string, fixture: () => InvariantFixture): void {
  describe(`the reader for the invariants, ${name}`, () => {
    let whole: History;

    before("makes a whole history", async () => {
      whole = wholeHistory(await fixture().nowUs());
    });

    it("returns every row of each table in the order of the key", async () => {
      await fixture().plant(whole.rows);
      await fixture().core.invariantReader.read((snapshot) => expectAllRows(snapshot, whole.rows));
    });

    it("returns all rows of a key in one page, whatever their number", async () => {
      const [record] = whole.rows.idempotencyRecords;
      if (!record) throw new Error("the whole history has no idempotency record");
      const many = Array.from({ length: ROWS_BEYOND_A_PAGE }, (_unused, index) => ({
        ...record,
        idempotencyKey: `key-${index}`,
      }));
      const ofBob = { ...record, userId: BOB };
      const rows = { ...whole.rows, idempotencyRecords: [...many, ofBob] };
      await fixture().plant(rows);
      const keys = await fixture().core.invariantReader.read((snapshot) =>
        keysOf(snapshot.answers(), (row) => row.userId),
      );
      expect(keys).to.deep.equal([...many.map(() => ANN), BOB]);
    });

    it("returns the rows of many keys page by page, each row once", async () => {
      const [account] = whole.rows.pointAccounts;
      if (!account) throw new Error("wholeHistory() has no point account");
      const userIds = Array.from({ length: 2 * ROWS_BEYOND_A_PAGE }, (_unused, index) => index + 1);
      const pointAccounts = userIds.map((userId) => ({ ...account, userId }));
      await fixture().plant({ ...whole.rows, pointAccounts });
      const keys = await fixture().core.invariantReader.read((snapshot) =>
        keysOf(snapshot.accounts(), (row) => row.userId),
      );
      expect(keys).to.deep.equal(userIds);
    });

    it("reads the snapshot of one moment while rows change", async () => {
      const empty = corrupted(whole, [
        {
          plant({ remove }) {
            for (const table of HISTORY_TABLES) remove(table, {});
          },
        },
      ]);
      await fixture().plant(whole.rows);
      await fixture().core.invariantReader.read(async (snapshot) => {
        await fixture().plant(empty.rows);
        await expectAllRows(snapshot, whole.rows);
        expect(await snapshot.queues()).to.have.length(whole.rows.queues.length);
      });
      await fixture().core.invariantReader.read((snapshot) => expectAllRows(snapshot, empty.rows));
    });
  });
}
