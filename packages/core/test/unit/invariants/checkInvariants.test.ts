import { corrupted } from "@onsale/conformance/invariants/corruption";
import { CORRUPTIONS } from "@onsale/conformance/invariants/corruptions";
import type { History } from "@onsale/conformance/invariants/historyRows";
import { wholeHistory } from "@onsale/conformance/invariants/wholeHistory";
import { expect } from "chai";
import { INCOMPLETE_CHECK } from "../../../src/invariants/checkerRun.ts";
import { checkInvariants, holdBoundMsOf } from "../../../src/invariants/checkInvariants.ts";
import { OUT_OF_ORDER } from "../../../src/invariants/forEachKey.ts";
import { HOLD_RULES } from "../../../src/invariants/holdsEndInTime.ts";
import { INVARIANTS } from "../../../src/invariants/invariantList.ts";
import type { InvariantReader, InvariantSnapshot } from "../../../src/ports/invariantReader.ts";
import type { InvariantReport } from "../../../src/ports/invariantReport.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryInvariantFixture } from "../../support/memoryInvariantFixture.ts";

describe("checkInvariants", () => {
  const fixture = memoryInvariantFixture(fakeClock());
  let whole: History;

  beforeEach("plants a whole history", async () => {
    whole = wholeHistory(await fixture.nowUs());
    await fixture.plant(whole.rows);
  });

  it("reports the results of I1 to I10 in order, and that none is violated", async () => {
    const report = await checkInvariants(fixture.core, { drained: true });
    expect(report.holds).to.equal(true);
    expect(report.results.map(({ id, title }) => ({ id, title }))).to.deep.equal(
      INVARIANTS.map(({ id, title }) => ({ id, title })),
    );
    expect(report.results.map(({ id }) => id)).to.deep.equal(
      Array.from({ length: 10 }, (_unused, index) => `I${index + 1}`),
    );
  });

  it("reports that the data is wrong when one invariant is violated", async () => {
    const [corruption] = CORRUPTIONS.filter(({ breaks }) => breaks === "I3");
    if (!corruption) throw new Error("no corruption of I3");
    await fixture.plant(corrupted(whole, [corruption]).rows);
    const report = await checkInvariants(fixture.core, { holdBoundMs: 3_600_000 });
    expect(report.holds).to.equal(false);
    expect(report.results.filter(({ holds }) => !holds).map(({ id }) => id)).to.include("I3");
  });

  it("checks only the invariants that the caller names", async () => {
    const report = await checkInvariants(fixture.core, { ids: ["I9", "I3"] });
    expect(report.results.map(({ id }) => id)).to.deep.equal(["I3", "I9"]);
  });

  it("counts a hold as overdue after three intervals and 15 seconds by default", async () => {
    const boundMs = holdBoundMsOf(fixture.core);
    expect(boundMs).to.equal(3 * fixture.core.config.hold.sweepMs + 15_000);
    const endHold = (agoMs: number) =>
      corrupted(whole, [
        {
          plant: ({ update, nowUs }) =>
            update("reservations", { id: 1 }, { expiresAtUs: nowUs - agoMs * 1000 }),
        },
      ]);
    const messagesAfter = async (agoMs: number, holdBoundMs?: number) => {
      await fixture.plant(endHold(agoMs).rows);
      const report = await checkInvariants(fixture.core, { ids: ["I9"], holdBoundMs });
      return report.results[0]?.violations.map(({ message }) => message);
    };
    expect(await messagesAfter(boundMs)).to.deep.equal([]);
    expect(await messagesAfter(boundMs + 1)).to.deep.equal([HOLD_RULES.pendingOverdue]);
    expect(await messagesAfter(boundMs + 1, boundMs + 1)).to.deep.equal([]);
  });

  const snapshotWith = (more: (snapshot: InvariantSnapshot) => Partial<InvariantSnapshot>) => {
    const invariantReader: InvariantReader = {
      ...fixture.core.invariantReader,
      read: (check) =>
        fixture.core.invariantReader.read((snapshot) => check({ ...snapshot, ...more(snapshot) })),
    };
    return { ...fixture.core, invariantReader };
  };
  const brokenIn = ({ results }: InvariantReport) => results.filter(({ holds }) => !holds);

  it("reports an unordered table as a violation, and checks every other invariant", async () => {
    const core = snapshotWith((snapshot) => ({
      async *inbox(consumer) {
        for await (const page of snapshot.inbox(consumer)) yield page.toReversed();
      },
    }));
    const broken = brokenIn(await checkInvariants(core, { drained: true }));
    expect(broken.map(({ id }) => id)).to.deep.equal(["I5"]);
    expect(broken[0]?.violations[0]).to.deep.equal({
      message: INCOMPLETE_CHECK,
      ids: { where: "the walk over effects", reason: OUT_OF_ORDER },
    });
  });

  it("reports a failed checker as a violation, and checks every other invariant", async () => {
    const core = snapshotWith((snapshot) => ({
      async *reservationSeats() {
        for await (const page of snapshot.reservationSeats()) {
          yield page.map(({ reservationId, seatId, releasedVersion }) => ({
            ...{ reservationId, seatId, releasedVersion },
            get price(): number {
              throw new RangeError("not a price");
            },
          }));
        }
      },
    }));
    const broken = brokenIn(await checkInvariants(core, { drained: true }));
    expect(broken.map(({ id }) => id)).to.deep.equal(["I4"]);
    expect(broken[0]?.violations[0]).to.deep.equal({
      message: INCOMPLETE_CHECK,
      ids: { where: "takeReservation", reason: "not a price" },
    });
  });

  it("rejects without a report when a statement fails", async () => {
    const core = snapshotWith(() => ({ queues: () => Promise.reject(new Error("no such table")) }));
    const failure = await checkInvariants(core).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message", "no such table");
  });

  it("rejects without a report when the database does not answer", async () => {
    const invariantReader = {
      ...fixture.core.invariantReader,
      read: () => Promise.reject(new DependencyUnavailableError("mysql")),
    };
    const failure = await checkInvariants({ ...fixture.core, invariantReader }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(DependencyUnavailableError);
  });
});
