import { expect } from "chai";
import { createConcert, createPerformance } from "../../../src/catalog/createConcert.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { codeOf, failureOf, held, newUserId } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { operationCases, planOf, runPlanned } from "../../support/operationCases.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const SEATS = ["F A-1", "F A-2", "F B-1", "A-1"] as const;

describe("operations on seats that the box office keeps back", () => {
  const current = useMemoryCore();
  let performanceId = 0;
  let seatIds: readonly number[] = [];

  async function makeHall(): Promise<void> {
    const { core } = current();
    const concert = await createConcert(core, { title: "Rush", singer: "Ada" });
    ({ performanceId } = await createPerformance(core, {
      ...{ concertId: concert.id, venue: "Hall" },
      startsAt: new Date(core.clock.nowMs() + DAY_MS),
      seats: SEATS.map((seatNo) => ({
        ...{ seatNo, price: 100, section: seatNo.startsWith("F") ? "Floor" : "Balcony" },
        row: seatNo.includes("B-") ? "B" : "A",
      })),
    }));
    seatIds = (await core.seats.ofPerformance(null, performanceId)).map(({ id }) => id);
  }
  const read = async () => [
    await current().core.seats.ofPerformance(null, performanceId),
    (await current().core.seats.blocks(null, performanceId)).map(({ seatNo, reason }) => ({
      ...{ seatNo, reason },
    })),
  ];
  const blocked = async () =>
    (await current().core.seats.blocks(null, performanceId)).map(({ seatNo }) => seatNo);
  const run = async (name: string, input: object) =>
    runPlanned(current(), await planOf(current(), name, input));
  const hold = (at: number) => held(current().core, newUserId(), seatIds.slice(at, at + 1));

  describe("seats.block", () => {
    operationCases({
      operation: "seats.block",
      current,
      read,
      async prepare() {
        await makeHall();
        return { performanceId, sections: ["Floor"], rows: ["A"], reason: "camera position" };
      },
      disturb: async () => {
        await hold(0);
      },
      async expectDone() {
        expect(await blocked()).to.deep.equal(["F A-1", "F A-2"]);
        expect(codeOf(await failureOf(hold(1)))).to.equal("SEAT_BLOCKED");
        await hold(3);
      },
    });

    it("leaves held seats, and names them in the plan", async () => {
      await makeHall();
      await hold(0);
      const input = { performanceId, sections: ["Floor"], reason: "sponsor" };
      const planned = await planOf(current(), "seats.block", input);
      expect(JSON.stringify(planned)).to.include("left out: F A-1 HELD");
      await runPlanned(current(), planned);
      expect(await blocked()).to.deep.equal(["F A-2", "F B-1"]);
    });

    it("refuses names that do not exist, and a selection of nothing", async () => {
      await makeHall();
      const refusals = [
        { seats: ["Z-1"] },
        { sections: ["Roof"] },
        { sections: ["Balcony"], rows: ["B"] },
        {},
        { seats: ["A-1"], rows: ["A"] },
      ];
      for (const names of refusals) {
        const input = { performanceId, reason: "sponsor", ...names };
        const failure = await failureOf(planOf(current(), "seats.block", input));
        expect(codeOf(failure), JSON.stringify(names)).to.equal("INVALID_INPUT");
      }
      const unknown = { performanceId: 999_999, seats: ["A-1"], reason: "sponsor" };
      const failure = await failureOf(planOf(current(), "seats.block", unknown));
      expect(codeOf(failure)).to.equal("PERFORMANCE_NOT_FOUND");
    });

    it("is reverted for exactly the seats that it has blocked", async () => {
      await makeHall();
      await run("seats.block", { performanceId, seats: ["A-1"], reason: "sponsor" });
      const before = await read();
      const { auditId = 0 } = await run("seats.block", {
        ...{ performanceId, sections: ["Floor", "Balcony"], reason: "camera" },
      });
      expect(await blocked()).to.have.length(4);
      await runPlanned(current(), await planUndo(current().core, auditId));
      expect(await blocked()).to.deep.equal(["A-1"]);
      expect((await read())[1]).to.deep.equal(before[1]);
    });
  });

  describe("seats.unblock", () => {
    operationCases({
      operation: "seats.unblock",
      current,
      read,
      async prepare() {
        await makeHall();
        await run("seats.block", { performanceId, sections: ["Floor"], reason: "camera" });
        return { performanceId, rows: ["A"] };
      },
      disturb: async () => {
        await run("seats.unblock", { performanceId, seats: ["F A-2"] });
      },
      async expectDone() {
        expect(await blocked()).to.deep.equal(["F B-1"]);
        await hold(0);
      },
    });

    it("is reverted with the reason that the seats had", async () => {
      await makeHall();
      await run("seats.block", { performanceId, seats: ["F A-1"], reason: "camera" });
      const { auditId = 0 } = await run("seats.unblock", { performanceId, seats: ["F A-1"] });
      await runPlanned(current(), await planUndo(current().core, auditId));
      expect((await read())[1]).to.deep.equal([{ seatNo: "F A-1", reason: "camera" }]);
    });
  });
});
