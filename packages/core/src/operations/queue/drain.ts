import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import { configureQueue } from "../../queue/configureQueue.ts";
import { promoteWaiting } from "../../queue/promoteWaiting.ts";
import { secondsText } from "../../shared/secondsText.ts";
import { operation, type StepInput, type StepResult } from "../operation.ts";
import { fencedQueue, headOfLine, liveStats, queueRecord, queueState } from "./queueFacts.ts";

/*
 * Drain
 *
 * Problem: a queue must end, for a maintenance or after the sale, without a buyer who loses a seat
 * half way through a payment.
 *
 * The first step sets the queue to draining, so that no new buyer joins. Each later step promotes
 * as a worker does, and counts the places that are left; the job is done when none is left. With
 * `discardWaiting` the waiting buyers lose their places, the last ones first, and only the active
 * buyers finish.
 *
 * Failures: a run that dies or reaches its time limit leaves the queue draining, and the same job
 * continues to count. When an operator opens the queue meanwhile, the job ends and its verification
 * says that the queue does not drain.
 *
 * A run that lost its lease discards no place after another operator has opened the queue or has
 * begun a drain that keeps the waiting buyers: such a change counts a new version of the settings.
 *
 * When the last place has ended, a drain that discards raises the epoch of the queue. Otherwise the
 * token of a discarded place would restore it if Redis lost the queue during a later sale.
 *
 * Not promised: that a discarded place stays lost when Redis loses the queue before the end of the
 * drain. The drain then discards it once more.
 */

const inputSchema = z.strictObject({
  queueId: z.string().min(1).max(64),
  discardWaiting: z.boolean(),
});
type Input = z.infer<typeof inputSchema>;

const checkpointSchema = z.object({ placesLeft: z.int().nonnegative() });

/** Pause between two counts of the places that are left, ms. */
const LOOK_MS = 1000;

/** Stops the intake of a queue and waits until every place has ended. */
export const drainQueueOperation = operation<Input>({
  name: "queue.drain",
  summary: "Stop new joins and wait until the buyers in the queue are done",
  input: inputSchema,
  confirmation: ({ queueId, discardWaiting }) => (discardWaiting ? queueId : undefined),
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, { queueId, discardWaiting }) {
    const { settings } = await queueRecord(core, queueId);
    const { waitingCount = 0, activeCount = 0 } = (await liveStats(core, queueId)) ?? {};
    return {
      facts: { mode: settings.mode },
      count: waitingCount + activeCount,
      hasEffect: waitingCount + activeCount > 0 || settings.mode !== "draining",
      unit: "place",
      sample: discardWaiting ? await headOfLine(core, queueId, waitingCount) : [],
      notes: [
        discardWaiting
          ? `${waitingCount} waiting buyers lose their places, and all tokens become invalid`
          : `${waitingCount} waiting buyers are still admitted, at the usual rate`,
        `${activeCount} active buyers finish; an admission lasts at most ` +
          secondsText(settings.activeTtlMs),
      ],
    };
  },

  state: (core, { queueId }) => queueState(core, queueId),

  steps: { kind: "repeatable", step: drainStep },
  mayHaveActed: async (_core, _input, { otherPlan }) =>
    (await otherPlan())?.facts.mode === "draining",

  async verify(core, { queueId }) {
    const { mode, waiting, active } = await queueState(core, queueId);
    const inRedis = (await liveStats(core, queueId))?.settings.mode;
    return [
      {
        claim: `queue ${queueId} drains in MySQL and in Redis`,
        holds: mode === "draining" && inRedis === "draining",
        read: `MySQL ${mode}, Redis ${inRedis ?? "nothing"}`,
      },
      {
        claim: "no buyer waits or is active",
        holds: waiting === 0 && active === 0,
        read: `${waiting ?? "unknown"} waiting, ${active ?? "unknown"} active`,
      },
    ];
  },

  inverse: ({ queueId, discardWaiting }, before) =>
    discardWaiting
      ? { impossible: "the waiting buyers have lost their places; `queue open` opens the queue" }
      : {
          operation: "queue.configure",
          input: { queueId, settings: { mode: before.mode } },
        },
});

async function drainStep(
  core: CoreContext,
  { input: { queueId, discardWaiting }, checkpoint, max, fence }: StepInput<Input>,
): Promise<StepResult> {
  if (checkpoint === undefined) {
    await configureQueue(core, { queueId, settings: { mode: "draining" }, fence });
    const stats = await liveStats(core, queueId);
    const placesLeft = (stats?.waitingCount ?? 0) + (stats?.activeCount ?? 0);
    return { checkpoint: { placesLeft }, changed: 0, isDone: false };
  }
  const { placesLeft: before } = checkpointSchema.parse(checkpoint);
  const { settings, settingsVersion } = await fencedQueue(core, { fence }, queueId);
  if (settings.mode !== "draining") return { checkpoint, changed: 0, isDone: true };
  const discard = async (): Promise<boolean> => {
    if (!discardWaiting) return false;
    const discarded = await core.queue.discardWaiting(queueId, max, settingsVersion);
    return discarded.status === "DISCARDED" && discarded.discardedCount > 0;
  };
  const isDiscarding = await discard();
  if (!isDiscarding) await promoteWaiting(core, { queueId });
  const stats = await liveStats(core, queueId);
  const placesLeft = stats ? stats.waitingCount + stats.activeCount : before;
  // When the last admission ended without use, its place is missed since then. This discard ends it
  // too, so that no buyer returns to the line after the job.
  const hasReturned = placesLeft === 0 && (await discard());
  const isDone = placesLeft === 0 && !hasReturned;
  if (isDone && discardWaiting) await endTokens(core, queueId, fence);
  return {
    checkpoint: { placesLeft },
    changed: Math.max(0, before - placesLeft),
    isDone,
    waitMs: isDiscarding ? 0 : LOOK_MS,
  };
}

/** Makes the tokens of a queue without places invalid, unless it was opened meanwhile. */
async function endTokens(
  core: CoreContext,
  queueId: string,
  fence: StepInput<Input>["fence"],
): Promise<void> {
  await core.withTransaction(async (tx) => {
    await fence(tx);
    const record = await core.admissions.findQueue(tx, queueId);
    if (record?.settings.mode !== "draining") return;
    await core.admissions.raiseEpoch(tx, queueId, record.epoch);
  });
  core.queueState.known.forget(queueId);
}
