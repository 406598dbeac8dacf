import { expect } from "chai";
import { createdConcertSchema } from "../../../src/operations/catalog/create.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { codeOf, failureOf, held, makeSale, newUserId } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { operationCases, planOf, runPlanned } from "../../support/operationCases.ts";

const STARTS_AT = "2031-05-06T19:30:00.000+09:00";
const hall = {
  startsAt: STARTS_AT,
  venue: "Hall",
  sections: [
    { name: "Floor", price: 150, prefix: "F ", rows: { A: 2, B: "1,3-4" } },
    { name: "Balcony", price: 90, rows: { A: "1-2,2A" } },
  ],
};
const concert = {
  title: "Rush",
  singer: "Ada",
  queue: { id: "vip", settings: { activeCountMax: 7, mode: "paused" } },
  performances: [hall, { ...hall, venue: "Dome", sale: { closesAt: "2031-05-01T00:00:00Z" } }],
};

describe("operations on concerts", () => {
  const current = useMemoryCore();
  let concertId = 0;
  let performanceId = 0;

  async function everything() {
    const { catalog, seats, admissions } = current().core;
    const concerts = await catalog.listConcerts(null, { limit: 100 });
    return Promise.all(
      concerts.map(async (one) => ({
        ...one,
        queue: await admissions.findQueue(null, one.queueId),
        performances: await Promise.all(
          (await catalog.performancesOf(null, one.id)).map(async (performance) => ({
            ...performance,
            seats: await seats.ofPerformance(null, performance.id),
          })),
        ),
      })),
    );
  }
  const run = async (name: string, input: object) =>
    runPlanned(current(), await planOf(current(), name, input));
  async function undo(auditId = 0) {
    return runPlanned(current(), await planUndo(current().core, auditId));
  }
  async function withSale<T extends object>(input: (ids: Record<string, number>) => T) {
    ({ concertId, performanceId } = await makeSale(current().core, 3));
    return input({ concertId, performanceId });
  }

  describe("concert.create", () => {
    operationCases({
      operation: "concert.create",
      current,
      prepare: async () => concert,
      read: everything,
      disturb: () => run("concert.create", { ...concert, performances: [hall] }),
      async expectDone({ jobId }) {
        const job = await current().core.operations.findJob(null, jobId);
        const made = createdConcertSchema.parse(job?.checkpoint);
        const all = await everything();
        const [one] = all.filter(({ id }) => id === made.concertId);
        expect(all).to.have.length(1);
        expect(one).to.include({
          title: "Rush",
          singer: "Ada",
          queueId: "vip",
          availableSeats: 16,
        });
        expect(one?.queue?.settings).to.include({ activeCountMax: 7, mode: "paused" });
        expect(one?.performances.map(({ id }) => id)).to.deep.equal(made.performanceIds);
        expect(
          one?.performances[0]?.seats.map(({ seatNo, price }) => [seatNo, price]),
        ).to.deep.equal([
          ...["F A-1", "F A-2", "F B-1", "F B-3", "F B-4"].map((seatNo) => [seatNo, 150]),
          ...["A-1", "A-2", "A-2A"].map((seatNo) => [seatNo, 90]),
        ]);
        expect(one?.performances[1]?.saleClosesAt).to.deep.equal(new Date("2031-05-01T00:00:00Z"));
      },
    });

    it("lists all mistakes with their paths, and writes nothing", async () => {
      const twin = { name: "Side", price: -1, rows: { A: "1-3,x y", B: "3-1", C: 0 } };
      const broken = {
        ...concert,
        title: " ",
        colour: "red",
        performances: [{ ...hall, startsAt: "tomorrow", sections: [...hall.sections, twin] }],
      };
      const failure = await failureOf(planOf(current(), "concert.create", broken));
      expect(codeOf(failure)).to.equal("INVALID_INPUT");
      expect(failure).to.have.nested.property("details.mistakes");
      const text = JSON.stringify(failure);
      for (const path of [
        ...["title", "performances.0.startsAt", "performances.0.sections.2.price"],
        ...["performances.0.sections.2.rows.A", "performances.0.sections.2.rows.B"],
        ...["performances.0.sections.2.rows.C", 'there is no field \\"colour\\" here'],
      ]) {
        expect(text).to.include(path);
      }
      expect(await everything()).to.deep.equal([]);
    });

    it("names both places of two seats with one number", async () => {
      const twin = { name: "Side", price: 1, rows: { a: 1 } };
      const broken = {
        ...concert,
        performances: [{ ...hall, sections: [...hall.sections, twin] }],
      };
      const failure = await failureOf(planOf(current(), "concert.create", broken));
      expect(JSON.stringify(failure))
        .to.include('"path":"performances.0.sections.2.rows.a"')
        .and.include("also in 1.rows.A");
    });

    it("names a row that is there twice once, and a seat that its row has twice", async () => {
      const again = { name: "Side", price: 1, rows: { A: "1-2,2A", B: "1-12,12" } };
      const broken = {
        ...concert,
        performances: [{ ...hall, sections: [...hall.sections, again] }],
      };
      const failure = await failureOf(planOf(current(), "concert.create", broken));
      expect(failure)
        .to.have.nested.property("details.mistakes")
        .that.deep.equals([
          {
            path: "performances.0.sections.2.rows.A",
            reason:
              'seat "A-1" and 2 more: also in 1.rows.A; remove one, or give a section a prefix',
          },
          {
            path: "performances.0.sections.2.rows.B",
            reason: 'seat "B-12": the row names it twice',
          },
        ]);
    });

    it("refuses a performance in the past, and a sale that opens after the start", async () => {
      const plan = (performance: object) =>
        failureOf(planOf(current(), "concert.create", { ...concert, performances: [performance] }));
      const past = await plan({ ...hall, startsAt: "2020-05-06T19:30:00Z" });
      expect(codeOf(past)).to.equal("PERFORMANCE_IN_PAST");
      const late = await plan({ ...hall, sale: { opensAt: "2031-05-06T19:30:00+09:00" } });
      expect(late)
        .to.have.nested.property("details.mistakes")
        .that.deep.equals([
          { path: "performances.0.sale.opensAt", reason: "must be before startsAt" },
        ]);
      const window = { opensAt: "2031-05-02T00:00:00Z", closesAt: "2031-05-01T00:00:00Z" };
      const backwards = await plan({ ...hall, sale: window });
      expect(backwards)
        .to.have.nested.property("details.mistakes")
        .that.deep.equals([
          { path: "performances.0.sale.closesAt", reason: "must be after opensAt" },
        ]);
      expect(await everything()).to.deep.equal([]);
    });

    it("refuses settings that differ from those of a queue that exists", async () => {
      await run("concert.create", concert);
      const other = { ...concert, queue: { id: "vip", settings: { activeCountMax: 8 } } };
      const failure = await failureOf(planOf(current(), "concert.create", other));
      expect(failure).to.have.property("message").that.includes("another activeCountMax");
      const { plan } = await planOf(current(), "concert.create", {
        ...concert,
        queue: { id: "vip" },
      });
      expect(plan.facts).to.include({ queue: "exists" });
    });
  });

  describe("concert.edit", () => {
    operationCases({
      operation: "concert.edit",
      current,
      read: everything,
      prepare: () =>
        withSale((ids) => ({ concertId: ids.concertId, changes: { title: "Encore" } })),
      disturb: () => run("concert.edit", { concertId, changes: { singer: "Bob" } }),
      async expectDone() {
        const found = await current().core.catalog.findConcert(null, concertId);
        expect(found).to.include({ title: "Encore", singer: "The Locks" });
      },
    });

    it("is undone to the rows before it", async () => {
      const input = await withSale((ids) => ({
        ...{ concertId: ids.concertId, changes: { title: "Encore", singer: "Bob" } },
      }));
      const before = await everything();
      await undo((await run("concert.edit", input)).auditId);
      expect(await everything()).to.deep.equal(before);
    });
  });

  describe("performance.edit", () => {
    const startsAt = "2031-06-01T00:00:00.000Z";
    const sale = { saleOpensAt: "2031-01-01T00:00:00Z", saleClosesAt: null };
    const rules = { timeZone: "America/Los_Angeles", seatsPerBuyerMax: 2 };
    const changes = { venue: "Dome", startsAt, ...sale, ...rules };

    operationCases({
      operation: "performance.edit",
      current,
      read: everything,
      prepare: () =>
        withSale((ids) => ({
          performanceId: ids.performanceId,
          changes: { venue: "Dome", startsAt, saleOpensAt: "2031-01-01T00:00:00Z" },
        })),
      disturb: () => run("performance.edit", { performanceId, changes: { venue: "Club" } }),
      async expectDone() {
        const found = await current().core.catalog.findPerformance(null, performanceId);
        expect(found).to.deep.include({ venue: "Dome", saleOpensAt: new Date("2031-01-01") });
      },
    });

    it("is undone to its rows, and refuses a sale that ends before it begins", async () => {
      const input = await withSale((ids) => ({ performanceId: ids.performanceId, changes }));
      const before = await everything();
      const { auditId } = await run("performance.edit", input);
      expect(JSON.stringify(await everything())).to.include("-420");
      await undo(auditId);
      expect(await everything()).to.deep.equal(before);
      const backwards = { ...changes, saleClosesAt: "2030-01-01T00:00:00Z" };
      const failure = await failureOf(
        planOf(current(), "performance.edit", { performanceId, changes: backwards }),
      );
      expect(codeOf(failure)).to.equal("INVALID_INPUT");
      expect(await everything()).to.deep.equal(before);
    });

    it("refuses a start in the past, and a sale that opens after the start", async () => {
      await withSale(() => ({}));
      const plan = (changed: object) =>
        failureOf(planOf(current(), "performance.edit", { performanceId, changes: changed }));
      const past = await plan({ startsAt: "2020-01-01T19:30:00Z" });
      expect(codeOf(past)).to.equal("PERFORMANCE_IN_PAST");
      const late = await plan({ startsAt, saleOpensAt: "2031-06-02T00:00:00Z" });
      expect(codeOf(late)).to.equal("INVALID_INPUT");
      expect(late).to.have.nested.property("details.field", "changes.saleOpensAt");
      const wrong = { timeZone: "Mars/Olympus", seatsPerBuyerMax: 0 };
      expect(codeOf(await plan(wrong))).to.equal("INVALID_INPUT");
    });
  });

  describe("performance.add", () => {
    operationCases({
      operation: "performance.add",
      current,
      read: everything,
      prepare: () => withSale((ids) => ({ concertId: ids.concertId, performance: hall })),
      disturb: () => run("performance.add", { concertId, performance: { ...hall, venue: "Dome" } }),
      async expectDone() {
        const performances = await current().core.catalog.performancesOf(null, concertId);
        expect(performances.map(({ venue }) => venue)).to.include("Hall");
        expect(performances).to.have.length(2);
        expect(performances.map(({ availableSeats }) => availableSeats)).to.have.members([3, 8]);
      },
    });
  });

  for (const name of ["performance.close", "concert.close"]) {
    describe(name, () => {
      const input = () =>
        withSale((ids) =>
          name === "concert.close"
            ? { concertId: ids.concertId }
            : { performanceId: ids.performanceId },
        );
      operationCases({
        operation: name,
        current,
        read: everything,
        prepare: input,
        disturb: () =>
          run("performance.edit", {
            performanceId,
            changes: { saleClosesAt: "2031-01-01T00:00:00Z" },
          }),
        async expectDone() {
          const [seat] = await current().core.seats.ofPerformance(null, performanceId);
          const late = held(current().core, newUserId(), [seat?.id ?? 0]);
          expect(codeOf(await failureOf(late))).to.equal("SALE_CLOSED");
        },
      });

      it("is undone to the rows before it", async () => {
        const given = await input();
        const before = await everything();
        await undo((await run(name, given)).auditId);
        expect(await everything()).to.deep.equal(before);
      });
    });
  }
});
