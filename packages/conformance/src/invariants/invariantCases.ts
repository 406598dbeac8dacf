import { VIOLATIONS_SHOWN_MAX } from "@onsale/core";
import {
  ACKNOWLEDGED_RULES,
  ANSWER_RULES,
  CONTENT_RULES,
  DELIVERY_RULES,
  HOLD_RULES,
  LEDGER_RULES,
  LIMIT_RULES,
  MESSAGE_RULES,
  ORDER_OF_ADMISSION_RULES,
  ORDER_RULES,
  PAYMENT_RULES,
  SALE_RULES,
  SEAT_RULES,
} from "@onsale/core/testing";
import { expect } from "chai";
import { BENIGN_CHANGES } from "./benignChanges.ts";
import { checkHistory, resultOf, rowsReadIn, violationsIn } from "./checkHistory.ts";
import { corrupted, type HistoryEditor } from "./corruption.ts";
import { CORRUPTIONS } from "./corruptions.ts";
import { BOB, DAY_US, MINUTE_US, PENDING, TAKEN_OVER } from "./historyFacts.ts";
import { HISTORY_TABLES, type History } from "./historyRows.ts";
import type { InvariantFixture } from "./invariantFixture.ts";
import { wholeHistory } from "./wholeHistory.ts";

const ALL_RULES = [
  SEAT_RULES,
  SALE_RULES,
  LEDGER_RULES,
  PAYMENT_RULES,
  MESSAGE_RULES,
  CONTENT_RULES,
  DELIVERY_RULES,
  ORDER_RULES,
  LIMIT_RULES,
  ORDER_OF_ADMISSION_RULES,
  HOLD_RULES,
  ANSWER_RULES,
  ACKNOWLEDGED_RULES,
].flatMap((rules) => Object.values(rules));

/** How many rows of the whole history each checker reads. */
const ROWS_READ = {
  I1: 14,
  I2: 6,
  I3: 7,
  I4: 11,
  I5: 47,
  I6: 19,
  I7: 7,
  I8: 7,
  I9: 6,
  I10: 12,
};

function removeAll({ remove }: HistoryEditor): void {
  for (const table of HISTORY_TABLES) remove(table, {});
}

/** Changes the history so that no message was published or applied. */
function holdBackMessages({ update, remove }: HistoryEditor): void {
  update("outboxMessages", {}, { status: "PENDING", publishedAtUs: null });
  remove("outboxPublications", {});
  remove("inboxMessages", {});
  remove("notifications", {});
}

/**
 * Makes the history so old that cleanup may delete its messages. Then deletes all of them, but not
 * the notifications.
 */
function outliveMessages({ update, remove, nowUs }: HistoryEditor, ageUs: number): void {
  const atUs = nowUs - ageUs;
  const expiresAtUs = nowUs + DAY_US;
  update("reservations", {}, { createdAtUs: atUs, updatedAtUs: atUs, expiresAtUs });
  update("reservations", { userId: BOB }, { expiresAtUs: atUs });
  update("seats", { status: "HELD" }, { holdExpiresAtUs: expiresAtUs });
  update("payments", {}, { capturedAtUs: atUs });
  update("payments", { status: "REFUNDED" }, { refundedAtUs: atUs });
  update("pointEntries", {}, { createdAtUs: atUs });
  update("notifications", {}, { createdAtUs: atUs });
  remove("outboxMessages", {});
  remove("outboxPublications", {});
  remove("inboxMessages", {});
}

/**
 * Cases about the violations that the checkers find in every store, and about the changes that they
 * accept.
 */
export function invariantCases(name: string, fixture: () => InvariantFixture): void {
  describe(`the checkers of the invariants, ${name}`, () => {
    let whole: History;

    before("makes a whole history", async () => {
      whole = wholeHistory(await fixture().nowUs());
    });

    it("find no violation in a whole history, and read all of it", async () => {
      const report = await checkHistory(fixture(), whole);
      expect(violationsIn(report)).to.deep.equal([]);
      expect(rowsReadIn(report)).to.deep.equal(ROWS_READ);
    });

    it("find no violation in empty tables, and report that they read no row", async () => {
      const empty = corrupted(whole, [{ plant: removeAll }]);
      const report = await checkHistory(fixture(), { ...empty, acknowledged: undefined });
      expect(violationsIn(report)).to.deep.equal([]);
      expect([...new Set(Object.values(rowsReadIn(report)))]).to.deep.equal([0]);
    });

    for (const corruption of CORRUPTIONS) {
      it(`${corruption.breaks} finds ${corruption.what}`, async () => {
        const report = await checkHistory(fixture(), corrupted(whole, [corruption]));
        const { violations, violationCount } = resultOf(report, corruption.breaks);
        const found = violations.filter(({ message }) => message === corruption.foundBy);
        expect(found, "violations of the rule").to.not.be.empty;
        expect(found[0]?.ids).to.be.an("object").that.is.not.empty;
        expect(violationCount).to.equal(violations.length);
      });
    }

    for (const change of BENIGN_CHANGES) {
      it(`find no violation in ${change.what}`, async () => {
        const history = corrupted(whole, [change]);
        expect(history.rows).to.not.deep.equal(whole.rows);
        const report = await checkHistory(fixture(), history, { drained: false });
        expect(violationsIn(report)).to.deep.equal([]);
      });
    }

    it("have a corruption for each of their rules", () => {
      const found = new Set(CORRUPTIONS.map(({ foundBy }) => foundBy));
      expect([...found]).to.have.members(ALL_RULES);
    });

    it("count a reservation as live until its hold ends", async () => {
      const shareSeat = ({ copy }: HistoryEditor): void =>
        copy("reservationSeats", { reservationId: TAKEN_OVER }, { reservationId: PENDING });
      const endHold = ({ update, nowUs }: HistoryEditor): void =>
        update("reservations", { id: PENDING }, { expiresAtUs: nowUs - MINUTE_US });
      const messagesAfter = async (...acts: ((editor: HistoryEditor) => void)[]) => {
        const changes = acts.map((plant) => ({ plant }));
        const report = await checkHistory(fixture(), corrupted(whole, changes));
        return resultOf(report, "I1").violations.map(({ message }) => message);
      };
      expect(await messagesAfter(shareSeat)).to.include(SEAT_RULES.liveTwice);
      expect(await messagesAfter(shareSeat, endHold)).to.not.include(SEAT_RULES.liveTwice);
    });

    it("show some violations, and count all of them", async () => {
      const copies = Array.from({ length: 30 }, (_unused, index) => 100 + index);
      const crowded = corrupted(whole, [
        {
          plant({ copy, update }) {
            for (const id of copies) copy("seats", { id: 7 }, { id, seatNo: `B-${id}` });
            update("seats", { status: "AVAILABLE" }, { status: "SOLD" });
          },
        },
      ]);
      const result = resultOf(await checkHistory(fixture(), crowded), "I2");
      expect(result.violations).to.have.length(VIOLATIONS_SHOWN_MAX);
      expect(result.violationCount).to.equal(33);
    });

    it("accept unpublished and unapplied messages only during the sale", async () => {
      const onTheWay = corrupted(whole, [{ plant: holdBackMessages }]);
      const during = await checkHistory(fixture(), onTheWay, { drained: false });
      expect(violationsIn(during)).to.deep.equal([]);
      const after = await checkHistory(fixture(), onTheWay, { drained: true });
      expect(resultOf(after, "I5").violationCount).to.equal(19);
    });

    it("accept that cleanup deleted old messages, but not younger messages", async () => {
      const aged = (ageUs: number): History =>
        corrupted(whole, [{ plant: (editor) => outliveMessages(editor, ageUs) }]);
      const old = await checkHistory(fixture(), aged(7 * DAY_US));
      expect(violationsIn(old)).to.deep.equal([]);
      const young = await checkHistory(fixture(), aged(6 * DAY_US));
      // The 33 violations: 19 transitions without a message and 14 notifications without an inbox
      // record.
      expect(resultOf(young, "I5").violationCount).to.equal(33);
    });

    it("compare acknowledged answers only when the caller recorded them", async () => {
      const report = await checkHistory(fixture(), { ...whole, acknowledged: undefined });
      expect(resultOf(report, "I10").rowsRead).to.equal(whole.rows.idempotencyRecords.length);
    });
  });
}
