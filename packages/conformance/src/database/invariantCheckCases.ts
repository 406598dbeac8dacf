import { checkInvariants, type InvariantReport, type Violation } from "@onsale/core";
import { expect } from "chai";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, SECOND_MS } from "./show.ts";

/** A time that is longer than the statements of a case take on a busy machine. */
const SLACK_MS = 20 * SECOND_MS;

/** The stored result of the last complete check of the invariants. */
export function invariantCheckCases(db: DatabaseUnderTest): void {
  describe("the last check of the invariants", () => {
    /** A report of all invariants, with these violations in each. */
    const reportWith = async (violations: readonly Violation[]): Promise<InvariantReport> => ({
      holds: violations.length === 0,
      results: (await checkInvariants(db.core)).results.map((result) => ({
        ...result,
        holds: violations.length === 0,
        violationCount: violations.length,
        violations,
      })),
    });
    const BROKEN: readonly Violation[] = [
      { message: "좌석 41 is sold twice", ids: { seatId: 41, by: ["a", null] } },
    ];

    it("is returned with every result and violation, and with its age", async () => {
      const report = await reportWith(BROKEN);
      await db.core.invariantChecks.save(report, 90 * SECOND_MS);
      await db.passTime(HOUR_MS);
      const last = await db.other.invariantChecks.last();
      expect(last?.report).to.deep.equal(report);
      const ageMs = HOUR_MS + 90 * SECOND_MS;
      expect(last?.ageMs).to.be.within(ageMs, ageMs + SLACK_MS);
    });

    it("replaces the check before it", async () => {
      const report = await reportWith([]);
      await db.core.invariantChecks.save(await reportWith(BROKEN), HOUR_MS);
      await db.other.invariantChecks.save(report, SECOND_MS);
      const last = await db.core.invariantChecks.last();
      expect(last?.report).to.deep.equal(report);
      expect(last?.ageMs).to.be.within(SECOND_MS, SECOND_MS + SLACK_MS);
    });
  });

  describe("the size of the data", () => {
    it("counts seats and messages, up to little more than the given maximum", async () => {
      const { invariantReader } = db.core;
      const size = await invariantReader.size(1_000_000);
      expect(size).to.be.above(0);
      expect(await invariantReader.size(0)).to.be.within(1, size);
    });
  });
}
