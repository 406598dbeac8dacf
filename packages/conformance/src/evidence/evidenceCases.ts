import { VIOLATIONS_SHOWN_MAX } from "@onsale/core";
import { CLAIM_RULES, EVIDENCE_MESSAGES } from "@onsale/core/testing";
import { expect } from "chai";
import { askAll, examinedIn, violationsIn } from "./askAll.ts";
import { type Damager, damaged } from "./damage.ts";
import { DAMAGES } from "./damages.ts";
import type { EvidenceBench } from "./evidenceBench.ts";
import { EVIDENCE_TABLES, type History } from "./evidenceRows.ts";
import { HARMLESS } from "./harmless.ts";
import { BOB, DAY_US, MINUTE_US, PENDING, TAKEN_OVER } from "./historyFacts.ts";
import { wholeHistory } from "./wholeHistory.ts";

/** Each table's rows, as far as they count for the question. */
const EXAMINED = {
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

function removeAll({ remove }: Damager): void {
  for (const table of EVIDENCE_TABLES) remove(table, {});
}

/** Everything is on its way: nothing has been published or applied. */
function holdBackNews({ update, remove }: Damager): void {
  update("outboxMessages", {}, { status: "PENDING", publishedAtUs: null });
  remove("outboxPublications", {});
  remove("inboxMessages", {});
  remove("notifications", {});
}

/** So old that cleanup may have taken all news of it, and has taken all but the notices. */
function outliveNews({ update, remove, nowUs }: Damager, ageUs: number): void {
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

/** What every store of evidence finds, and what it does not blame. */
export function evidenceCases(name: string, bench: () => EvidenceBench): void {
  describe(`the evidence for the invariants, ${name}`, () => {
    let whole: History;

    before("makes a whole history", async () => {
      whole = wholeHistory(await bench().nowUs());
    });

    it("finds nothing in a history that is whole, and looks at all of it", async () => {
      const findings = await askAll(bench(), whole);
      expect(violationsIn(findings)).to.deep.equal([]);
      expect(examinedIn(findings)).to.deep.equal(EXAMINED);
    });

    it("finds nothing where nothing is", async () => {
      const gone = damaged(whole, [{ inflict: removeAll }]);
      const findings = await askAll(bench(), { ...gone, told: undefined });
      expect(violationsIn(findings)).to.deep.equal([]);
      expect([...new Set(Object.values(examinedIn(findings)))]).to.deep.equal([0]);
    });

    for (const damage of DAMAGES) {
      it(`${damage.breaks} finds ${damage.what}`, async () => {
        const findings = await askAll(bench(), damaged(whole, [damage]));
        const { violations = [], violationCount } = findings.get(damage.breaks) ?? {};
        const found = violations.filter(({ message }) => message === damage.foundBy);
        expect(found, "violations of the rule").to.not.be.empty;
        expect(found[0]?.ids).to.be.an("object").that.is.not.empty;
        expect(violationCount).to.equal(violations.length);
      });
    }

    for (const variation of HARMLESS) {
      it(`does not blame ${variation.what}`, async () => {
        const history = damaged(whole, [variation]);
        expect(history.rows).to.not.deep.equal(whole.rows);
        const findings = await askAll(bench(), history, { drained: false });
        expect(violationsIn(findings)).to.deep.equal([]);
      });
    }

    it("has a damage for each of its rules", () => {
      const reached = new Set(DAMAGES.map(({ foundBy }) => foundBy));
      expect([...reached]).to.have.members([...EVIDENCE_MESSAGES]);
    });

    it("takes a claim for live as long as its hold, and no longer", async () => {
      const shareSeat = ({ copy }: Damager): void =>
        copy("reservationSeats", { reservationId: TAKEN_OVER }, { reservationId: PENDING });
      const outliveHold = ({ update, nowUs }: Damager): void =>
        update("reservations", { id: PENDING }, { expiresAtUs: nowUs - MINUTE_US });
      const messagesAfter = async (...acts: ((damager: Damager) => void)[]): Promise<string[]> => {
        const changes = acts.map((inflict) => ({ inflict }));
        const findings = await askAll(bench(), damaged(whole, changes));
        return (findings.get("I1")?.violations ?? []).map(({ message }) => message);
      };
      expect(await messagesAfter(shareSeat)).to.include(CLAIM_RULES.liveTwice);
      expect(await messagesAfter(shareSeat, outliveHold)).to.not.include(CLAIM_RULES.liveTwice);
    });

    it("shows some violations and counts all", async () => {
      const copies = Array.from({ length: 30 }, (_unused, index) => 100 + index);
      const crowded = damaged(whole, [
        {
          inflict({ copy, update }) {
            for (const id of copies) copy("seats", { id: 7 }, { id, seatNo: `B-${id}` });
            update("seats", { status: "AVAILABLE" }, { status: "SOLD" });
          },
        },
      ]);
      const evidence = (await askAll(bench(), crowded)).get("I2");
      expect(evidence?.violations).to.have.length(VIOLATIONS_SHOWN_MAX);
      expect(evidence?.violationCount).to.equal(33);
    });

    it("does not blame messages on their way as long as nothing has come to rest", async () => {
      const onTheWay = damaged(whole, [{ inflict: holdBackNews }]);
      expect(violationsIn(await askAll(bench(), onTheWay, { drained: false }))).to.deep.equal([]);
      const atRest = await askAll(bench(), onTheWay, { drained: true });
      expect(atRest.get("I5")?.violationCount).to.equal(19);
    });

    it("does not blame what cleanup may have taken away, and nothing younger", async () => {
      const aged = (ageUs: number): History =>
        damaged(whole, [{ inflict: (damager) => outliveNews(damager, ageUs) }]);
      expect(violationsIn(await askAll(bench(), aged(7 * DAY_US)))).to.deep.equal([]);
      const young = await askAll(bench(), aged(6 * DAY_US));
      // 19 transitions without a message, 14 notices without an inbox record.
      expect(young.get("I5")?.violationCount).to.equal(33);
    });

    it("asks clients only when they say what they were told", async () => {
      const untold = await askAll(bench(), { ...whole, told: undefined });
      expect(untold.get("I10")?.examined).to.equal(whole.rows.idempotencyRecords.length);
    });
  });
}
