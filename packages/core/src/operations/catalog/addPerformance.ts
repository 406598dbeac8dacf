import { z } from "zod";
import { newPerformanceSchema } from "../../catalog/concertPlan.ts";
import { insertWholePerformance } from "../../catalog/createWholeConcert.ts";
import { ConcertNotFoundError } from "../../catalog/errors.ts";
import { countText } from "../../shared/countText.ts";
import { operation } from "../operation.ts";
import {
  describePerformance,
  performanceClaims,
  requireConcert,
  requireFuture,
} from "./performanceFacts.ts";

const inputSchema = z.strictObject({
  concertId: z.int().min(1),
  performance: newPerformanceSchema,
});
type Input = z.infer<typeof inputSchema>;

/** The id that the step has made. */
export const addedPerformanceSchema = z.object({ performanceId: z.int() });

/** Adds a performance with its seats to a concert, in one transaction. */
export const addPerformanceOperation = operation<Input>({
  name: "performance.add",
  summary: "Add a performance with its seats to a concert",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ concertId }) => `concert:${concertId}`,

  async plan(core, { concertId, performance }) {
    requireFuture(core, performance.startsAt);
    const { title } = await requireConcert(core, concertId);
    const present = await core.catalog.performancesOf(null, concertId);
    const { seats, text } = describePerformance(performance);
    return {
      facts: { title, performances: present.map(({ id }) => id).join(" ") },
      count: seats,
      unit: "seat",
      sample: [text],
      isSummary: true,
      notes: [`The concert has ${countText(present.length, "performance")} now`],
    };
  },

  async state(core, { concertId }) {
    const present = await core.catalog.performancesOf(null, concertId);
    return { performances: present.map(({ id }) => id) };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { concertId, performance }, checkpoint }) {
      // The step has run, and the run ended before it could close the job.
      if (checkpoint !== undefined) return { checkpoint, changed: 0, isDone: true };
      const concert = await core.catalog.findConcert(tx, concertId);
      if (!concert) throw new ConcertNotFoundError(concertId);
      const performanceId = await insertWholePerformance(core, tx, concertId, performance);
      const { seats } = describePerformance(performance);
      return { checkpoint: { performanceId }, changed: seats, isDone: true };
    },
  },

  async verify(core, { concertId, performance }, _plan, { checkpoint }) {
    const { performanceId } = addedPerformanceSchema.parse(checkpoint);
    const { seats } = describePerformance(performance);
    return performanceClaims(core, concertId, [{ performanceId, seats }]);
  },

  inverse: () => ({
    impossible: "buyers may have its seats; `performance close` ends its sale",
  }),
});
