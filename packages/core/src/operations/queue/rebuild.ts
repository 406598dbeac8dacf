import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { askWithRebuild } from "../../queue/rebuildQueue.ts";
import { operation } from "../operation.ts";
import { liveStats, queueRecord, queueState } from "./queueFacts.ts";

const inputSchema = z.strictObject({
  queueId: z.string().min(1).max(64),
  discardState: z.boolean(),
});
type Input = z.infer<typeof inputSchema>;

/**
 * Restores the Redis state of a queue from MySQL. A state that Redis still has stays, unless
 * `discardState` asks to remove it first, for example when it is wrong.
 */
export const rebuildQueueOperation = operation<Input>({
  name: "queue.rebuild",
  summary: "Restore the Redis state of a queue from MySQL",
  input: inputSchema,
  confirmation: ({ queueId, discardState }) => (discardState ? queueId : undefined),
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, { queueId, discardState }) {
    await queueRecord(core, queueId);
    const stats = await liveStats(core, queueId);
    const { waitingCount = 0, activeCount = 0 } = stats ?? {};
    const isNeeded = stats === undefined || discardState;
    const notes = !isNeeded
      ? ["Redis has the queue, so nothing changes without --discard-state"]
      : [
          `${waitingCount} waiting buyers return to their places with their tokens; a buyer ` +
            "without the token loses the place",
          `${activeCount} active buyers stay active as far as MySQL has recorded them`,
          "Promotion pauses for one poll interval, so that waiting buyers return first",
        ];
    return {
      facts: { generationStartedUs: stats?.generationStartedUs ?? null },
      count: isNeeded ? 1 : 0,
      unit: "queue",
      sample: isNeeded ? [`${queueId}: ${stats ? "discard and rebuild" : "rebuild"}`] : [],
      notes,
    };
  },

  async state(core, { queueId }) {
    const generationStartedUs = (await liveStats(core, queueId))?.generationStartedUs ?? null;
    return { ...(await queueState(core, queueId)), generationStartedUs };
  },

  steps: {
    kind: "repeatable",
    async step(core, { input: { queueId, discardState }, facts: { generationStartedUs } }) {
      if (discardState && typeof generationStartedUs === "number") {
        await core.queue.discardState(queueId, generationStartedUs);
      }
      const stats = await askWithRebuild(core, queueId, () => core.queue.stats(queueId));
      const isNew = stats.generationStartedUs !== generationStartedUs;
      return { checkpoint: {}, changed: isNew ? 1 : 0, isDone: true };
    },
  },
  // The step discards the planned generation only, so it is safe with other facts too.
  mayHaveActed: async (_core, _input, { otherPlan }) => (await otherPlan()) !== undefined,

  async verify(core, { queueId, discardState }, { facts: { generationStartedUs } }) {
    const { settings } = await queueRecord(core, queueId);
    const stats = await liveStats(core, queueId);
    const mustBeNew = discardState || generationStartedUs === null;
    const isNew = stats !== undefined && stats.generationStartedUs !== generationStartedUs;
    return [
      {
        claim: `Redis has ${mustBeNew ? "a new" : "the"} state of queue ${queueId}`,
        holds: stats !== undefined && (isNew || !mustBeNew),
        read: stats
          ? `generation of ${new Date(stats.generationStartedUs / 1000).toISOString()}`
          : "nothing",
      },
      {
        claim: "its settings are those of MySQL",
        holds: isDeepStrictEqual(stats?.settings, settings),
        read: JSON.stringify(stats?.settings ?? null),
      },
    ];
  },

  inverse: () => ({ impossible: "the earlier state is gone" }),
});
