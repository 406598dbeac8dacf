import { z } from "zod";
import { type NewConcertPlan, newConcertSchema } from "../../catalog/concertPlan.ts";
import { createWholeConcert } from "../../catalog/createWholeConcert.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { QueueSettings } from "../../ports/queueStore.ts";
import { DEFAULT_QUEUE_ID } from "../../queue/knownQueues.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { operation } from "../operation.ts";
import { describePerformance, performanceClaims, requireFuture } from "./performanceFacts.ts";

/** The ids that the step has made. */
export const createdConcertSchema = z.object({
  concertId: z.int(),
  performanceIds: z.array(z.int()),
});

/** Maximum number of concerts with the same title that a plan lists. No operator reads more. */
const TWINS_MAX = 20;

/** Creates a concert with its queue, performances and seats, all in one transaction. */
export const createConcertOperation = operation<NewConcertPlan>({
  name: "concert.create",
  summary: "Create a concert with its queue, performances and seats",
  input: newConcertSchema,
  confirmation: () => undefined,
  target: () => "concerts",

  async plan(core, input) {
    for (const { startsAt } of input.performances) requireFuture(core, startsAt);
    const queueId = input.queue?.id ?? DEFAULT_QUEUE_ID;
    const queue = await core.admissions.findQueue(null, queueId);
    requireSameSettings(input, queue?.settings);
    const twins = await concertsLike(core, input);
    const described = input.performances.map(describePerformance);
    return {
      facts: { queue: queue ? "exists" : "does not exist", concertsOfThisTitle: twins.join(" ") },
      count: described.reduce((sum, { seats }) => sum + seats, 0),
      unit: "seat",
      sample: described.slice(0, 10).map(({ text }) => text),
      isSummary: true,
      notes: [
        `Queue ${queueId} ${queue ? "exists and keeps its settings" : "is created"}`,
        ...(twins.length === 0
          ? []
          : [`A concert of this title and singer exists: ${twins.join(", ")}`]),
      ],
    };
  },

  state: async (core, input) => ({ concertsOfThisTitle: await concertsLike(core, input) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { input, checkpoint }) {
      // The step has run, and the run ended before it could close the job.
      if (checkpoint !== undefined) return { checkpoint, changed: 0, isDone: true };
      const created = await createWholeConcert(core, tx, input);
      const changed = input.performances
        .map(describePerformance)
        .reduce((sum, { seats }) => sum + seats, 0);
      return { checkpoint: created, changed, isDone: true };
    },
  },

  async verify(core, input, _plan, { checkpoint }) {
    const { concertId, performanceIds } = createdConcertSchema.parse(checkpoint);
    const expected = input.performances.map((performance, index) => ({
      performanceId: performanceIds[index] ?? 0,
      seats: describePerformance(performance).seats,
    }));
    return performanceClaims(core, concertId, expected);
  },

  inverse: () => ({
    impossible: "buyers may have its seats; `concert close` ends its sale",
  }),
});

/** @throws InvalidInputError when the queue exists with other settings than the plan has */
function requireSameSettings({ queue }: NewConcertPlan, present: QueueSettings | undefined): void {
  if (!present) return;
  const stored = new Map<string, unknown>(Object.entries(present));
  const other = Object.entries(queue?.settings ?? {}).filter(
    ([name, value]) => value !== undefined && stored.get(name) !== value,
  );
  if (other.length === 0) return;
  const names = other.map(([name]) => name).join(", ");
  throw new InvalidInputError(
    `queue ${queue?.id} exists with another ${names}; leave the settings out, or change them ` +
      "with `queue admission set` first",
    { queueId: queue?.id, settings: names },
  );
}

/** The concerts with the same title and singer. */
async function concertsLike(
  core: CoreContext,
  { title, singer }: NewConcertPlan,
): Promise<readonly number[]> {
  const filter = { title, singer, limit: TWINS_MAX };
  const found = await core.catalog.listConcerts(null, filter);
  return found.filter((one) => one.title === title && one.singer === singer).map(({ id }) => id);
}
