import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import { promoteWaiting } from "../../queue/promoteWaiting.ts";
import { operation, type StepInput, type StepResult } from "../operation.ts";
import { fencedQueue, headOfLine, liveStats, queueRecord, queueState } from "./queueFacts.ts";

/** Maximum number of buyers of one plan. For more buyers, an operator changes the settings. */
const COUNT_MAX = 100_000;

const inputSchema = z.strictObject({
  queueId: z.string().min(1).max(64),
  count: z.int().min(1).max(COUNT_MAX),
});
type Input = z.infer<typeof inputSchema>;

const checkpointSchema = z.object({ admitted: z.int().nonnegative() });

/** Pause between two steps, ms: slots become free within a second. */
const LOOK_MS = 250;

interface Head {
  readonly fromSequence: number;
  readonly untilSequence: number;
  readonly waitingCount: number;
}

/**
 * Admits the first waiting buyers, also while the queue is paused. The active count max and the
 * admission rate still limit the admissions, so a large count takes a while.
 */
export const promoteQueueOperation = operation<Input>({
  name: "queue.promote",
  summary: "Admit the first waiting buyers now, also while the queue is paused",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, { queueId, count }) {
    const { settings } = await queueRecord(core, queueId);
    const head = await headOf(core, queueId, count);
    const planned = Math.min(count, head?.waitingCount ?? 0);
    const { activeCount = 0 } = (await liveStats(core, queueId)) ?? {};
    // A place that has returned to the line was admitted before. So may later places have been.
    const admittedBefore = head ? await admittedOf(core, queueId, head) : 0;
    return {
      facts: {
        mode: settings.mode,
        firstSequence: head?.fromSequence ?? null,
        lastSequence: head?.untilSequence ?? null,
        admittedBefore,
      },
      count: planned,
      unit: "buyer",
      sample: await headOfLine(core, queueId, planned),
      notes: [
        `${Math.max(0, settings.activeCountMax - activeCount)} of ${settings.activeCountMax} ` +
          `slots are free; at most ${settings.admissionRatePerMinute} admissions per minute`,
      ],
    };
  },

  state: (core, { queueId }) => queueState(core, queueId),

  steps: { kind: "repeatable", step: promoteStep },
  // The step admits the planned buyers only, so it is safe with other facts too.
  mayHaveActed: async (_core, _input, { otherPlan }) => (await otherPlan()) !== undefined,

  async verify(core, { queueId }, { facts }) {
    const until = facts.lastSequence;
    if (typeof until !== "number") return [];
    const first = await headOf(core, queueId, 1);
    const isOver = first === undefined || first.fromSequence > until;
    return [
      {
        claim: "no planned buyer waits any longer",
        holds: isOver,
        read: first ? `the first waiting sequence is ${first.fromSequence}` : "no buyer waits",
      },
    ];
  },

  inverse: () => ({
    impossible: "the buyers may have used their admissions; `queue evict` ends one",
  }),
});

/**
 * Admits up to `max` of the planned buyers. The plan names them by their sequences, so a repeated
 * step admits no other buyer. A run that lost its lease admits no buyer after a later change of the
 * settings, such as a pause.
 */
async function promoteStep(
  core: CoreContext,
  { input: { queueId }, facts, checkpoint, max, fence }: StepInput<Input>,
): Promise<StepResult> {
  const { admitted: before } = checkpointSchema.parse(checkpoint ?? { admitted: 0 });
  const { firstSequence: fromSequence, lastSequence: untilSequence } = facts;
  if (typeof fromSequence !== "number" || typeof untilSequence !== "number") {
    return { checkpoint: { admitted: before }, changed: 0, isDone: true };
  }
  const { settingsVersion } = await fencedQueue(core, { fence }, queueId);
  const bounds = { untilSequence, whilePaused: true, settingsVersion };
  await promoteWaiting(core, { queueId, max, bounds });
  const recorded = await admittedOf(core, queueId, { fromSequence, untilSequence });
  const admitted = recorded - Number(facts.admittedBefore ?? 0);
  const first = await headOf(core, queueId, 1);
  return {
    checkpoint: { admitted },
    changed: Math.max(0, admitted - before),
    isDone: first === undefined || first.fromSequence > untilSequence,
    waitMs: LOOK_MS,
  };
}

/** The number of recorded admissions of the places from one sequence to another. */
function admittedOf(
  core: CoreContext,
  queueId: string,
  { fromSequence, untilSequence }: Pick<Head, "fromSequence" | "untilSequence">,
): Promise<number> {
  return core.admissions.countAdmissions(null, queueId, { fromSequence, untilSequence });
}

/** The sequences of the first and of the last of the first `count` waiting buyers. */
async function headOf(
  core: CoreContext,
  queueId: string,
  count: number,
): Promise<Head | undefined> {
  const first = await core.queue.list(queueId, "WAITING", { offset: 0, max: 1 });
  if ("status" in first || !first.places[0]) return undefined;
  const { total } = first;
  const offset = Math.min(count, total) - 1;
  const last = await core.queue.list(queueId, "WAITING", { offset, max: 1 });
  const fromSequence = first.places[0].sequence;
  const untilSequence = "status" in last ? undefined : last.places[0]?.sequence;
  return { fromSequence, untilSequence: untilSequence ?? fromSequence, waitingCount: total };
}
