import { z } from "zod";
import { PerformanceNotFoundError } from "../../catalog/errors.ts";
import type { PerformancePlace } from "../../ports/catalogStore.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { JsonObject } from "../../ports/operationStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { timeSchema } from "../../shared/storableTime.ts";
import { type OperationPlan, operation, type StepResult, type Verification } from "../operation.ts";
import { requireConcert, requirePerformance } from "./performanceFacts.ts";

const concertInput = z.strictObject({ concertId: z.int().min(1) });
const performanceInput = z.strictObject({ performanceId: z.int().min(1) });
const endsInput = z.strictObject({
  concertId: z.int().min(1),
  /** The end of the sale of each performance, by its id; null: without an end. */
  ends: z.record(z.string().regex(/^[1-9]\d*$/), timeSchema.nullable()),
});

/** Ends the sale of one performance now. Unpaid holds can still be paid. */
export const closePerformanceOperation = operation<z.infer<typeof performanceInput>>({
  name: "performance.close",
  summary: "End the sale of a performance now; unpaid holds can still be paid",
  input: performanceInput,
  confirmation: () => undefined,
  target: ({ performanceId }) => `performance:${performanceId}`,
  plan: async (core, { performanceId }) =>
    planOf(core, [await requirePerformance(core, performanceId)]),
  state: async (core, { performanceId }) => ({
    saleClosesAt: endOf(await requirePerformance(core, performanceId)),
  }),
  steps: {
    kind: "transaction",
    step: (core, tx, { input: { performanceId } }) => closeAll(core, tx, [performanceId]),
  },
  verify: async (core, { performanceId }) =>
    claimsOf(core, [await requirePerformance(core, performanceId)]),
  inverse: ({ performanceId }, { saleClosesAt }) => ({
    operation: "performance.edit",
    input: { performanceId, changes: { saleClosesAt } },
  }),
});

/** Ends the sale of all performances of a concert now. Unpaid holds can still be paid. */
export const closeConcertOperation = operation<z.infer<typeof concertInput>>({
  name: "concert.close",
  summary: "End the sale of all performances of a concert now; unpaid holds can still be paid",
  input: concertInput,
  confirmation: () => undefined,
  target: ({ concertId }) => `concert:${concertId}`,
  async plan(core, { concertId }) {
    await requireConcert(core, concertId);
    return planOf(core, await core.catalog.performancesOf(null, concertId));
  },
  state: async (core, { concertId }) => ({ ends: await endsOf(core, concertId) }),
  steps: {
    kind: "transaction",
    async step(core, tx, { input: { concertId } }) {
      const performances = await core.catalog.performancesOf(tx, concertId);
      return closeAll(
        core,
        tx,
        performances.map(({ id }) => id),
      );
    },
  },
  verify: async (core, { concertId }) =>
    claimsOf(core, await core.catalog.performancesOf(null, concertId)),
  inverse: ({ concertId }, { ends }) => ({
    operation: "concert.saleEnds",
    input: { concertId, ends },
  }),
});

/** Sets the end of the sale of several performances. This operation reverts `concert.close`. */
export const saleEndsOperation = operation<z.infer<typeof endsInput>>({
  name: "concert.saleEnds",
  summary: "Set the end of the sale of performances of a concert",
  input: endsInput,
  confirmation: () => undefined,
  target: ({ concertId }) => `concert:${concertId}`,
  async plan(core, { concertId, ends }) {
    const present = await endsOf(core, concertId);
    const changes = Object.entries(ends).filter(([id, end]) => present[id] !== end);
    return {
      facts: present,
      count: changes.length,
      unit: "performance",
      sample: changes
        .slice(0, 10)
        .map(([id, end]) => `performance ${id}: ${present[id] ?? "none"} -> ${end ?? "none"}`),
      notes: [],
    };
  },
  state: async (core, { concertId }) => ({ ends: await endsOf(core, concertId) }),
  steps: {
    kind: "transaction",
    async step(core, tx, { input: { ends }, facts }) {
      for (const [id, end] of Object.entries(ends)) {
        const present = await core.catalog.lockPerformance(tx, Number(id));
        if (!present) throw new PerformanceNotFoundError(Number(id));
        const saleClosesAt = end === null ? undefined : new Date(end);
        await core.catalog.updatePerformance(tx, Number(id), { ...present, saleClosesAt });
      }
      const changed = Object.entries(ends).filter(([id, end]) => facts[id] !== end).length;
      return { checkpoint: {}, changed, isDone: true };
    },
  },
  async verify(core, { concertId, ends }) {
    const present = await endsOf(core, concertId);
    return Object.entries(ends).map(([id, end]) => ({
      claim: `the sale of performance ${id} ends at ${end ?? "no time"}`,
      holds: present[id] === end,
      read: present[id] ?? "no end",
    }));
  },
  inverse: ({ concertId }, { ends }) => ({
    operation: "concert.saleEnds",
    input: { concertId, ends },
  }),
});

async function endsOf(
  core: CoreContext,
  concertId: number,
): Promise<Readonly<Record<string, string | null>>> {
  const performances = await core.catalog.performancesOf(null, concertId);
  return Object.fromEntries(performances.map((one) => [String(one.id), endOf(one)]));
}

const endOf = ({ saleClosesAt }: PerformancePlace): string | null =>
  saleClosesAt?.toISOString() ?? null;

/** How far the database's clock, which sets the end, may be ahead of this process's clock, ms. */
const CLOCK_SKEW_MS = 1_000;

const isOver = (core: CoreContext, { saleClosesAt }: PerformancePlace): boolean =>
  saleClosesAt !== undefined && saleClosesAt.getTime() <= core.clock.nowMs() + CLOCK_SKEW_MS;

function planOf(core: CoreContext, performances: readonly PerformancePlace[]): OperationPlan {
  const open = performances.filter((one) => !isOver(core, one));
  return {
    facts: Object.fromEntries(performances.map((one) => [`performance ${one.id}`, endOf(one)])),
    count: open.length,
    unit: "performance",
    sample: open
      .slice(0, 10)
      .map((one) => `performance ${one.id}: ${one.startsAt.toISOString()} ${one.venue}`),
    notes: ["No new hold is possible; unpaid holds can still be paid until they expire"],
  };
}

async function closeAll(
  core: CoreContext,
  tx: Tx,
  performanceIds: readonly number[],
): Promise<StepResult> {
  let changed = 0;
  for (const id of performanceIds) if (await core.catalog.closeSale(tx, id)) changed += 1;
  return { checkpoint: {} satisfies JsonObject, changed, isDone: true };
}

function claimsOf(core: CoreContext, performances: readonly PerformancePlace[]): Verification[] {
  return performances.map((one) => ({
    claim: `the sale of performance ${one.id} has ended`,
    holds: isOver(core, one),
    read: endOf(one) ?? "no end",
  }));
}
