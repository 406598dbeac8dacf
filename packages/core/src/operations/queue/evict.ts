import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import { evictBuyer } from "../../reservation/evictBuyer.ts";
import { operation } from "../operation.ts";
import { queueRecord } from "./queueFacts.ts";

const inputSchema = z.strictObject({
  queueId: z.string().min(1).max(64),
  userId: z.int().min(1),
});
type Input = z.infer<typeof inputSchema>;

/** Maximum number of unpaid holds to read: more than any buyer has. */
const HOLDS_MAX = 50;

/**
 * Ends the place of a buyer and cancels the buyer's unpaid holds. Paid seats stay. The call of
 * Redis names the sequence of the place, so a late call ends no later place.
 */
export const evictOperation = operation<Input>({
  name: "queue.evict",
  summary: "End the place and the unpaid holds of one buyer",
  input: inputSchema,
  confirmation: ({ userId }) => String(userId),
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, input) {
    await queueRecord(core, input.queueId);
    const { place, sequence, unpaidHolds } = await buyerState(core, input);
    const sample = [
      ...(sequence === null ? [] : [`place ${sequence}: ${place}`]),
      ...unpaidHolds.slice(0, 9).map((id) => `reservation ${id}: PENDING`),
    ];
    return {
      facts: { place, sequence, unpaidHolds: unpaidHolds.join(" ") },
      count: (sequence === null ? 0 : 1) + unpaidHolds.length,
      unit: "right",
      sample,
      notes: ["The buyer may join again, at the end of the line. Paid seats stay."],
    };
  },

  state: async (core, input) => ({ ...(await buyerState(core, input)) }),

  steps: {
    kind: "repeatable",
    async step(core, { input: { queueId, userId }, facts, fence }) {
      const sequence = typeof facts.sequence === "number" ? facts.sequence : undefined;
      const reservationIds = idsOf(facts.unpaidHolds);
      await evictBuyer(core, { queueId, userId, sequence, reservationIds, fence });
      const changed = (sequence === undefined ? 0 : 1) + reservationIds.length;
      return { checkpoint: {}, changed, isDone: true };
    },
  },
  // The step ends the planned place and holds only, so it is safe with other facts too.
  mayHaveActed: async (_core, _input, { otherPlan }) => (await otherPlan()) !== undefined,

  async verify(core, input, { facts }) {
    const now = await buyerState(core, input);
    const isOver =
      now.sequence === null ||
      (typeof facts.sequence === "number" && now.sequence > facts.sequence);
    const planned = idsOf(facts.unpaidHolds);
    const left = now.unpaidHolds.filter((id) => planned.includes(id));
    return [
      {
        claim: `the place of user ${input.userId} has ended`,
        holds: isOver,
        read: now.sequence === null ? "no place" : `place ${now.sequence}: ${now.place}`,
      },
      {
        claim: "the planned unpaid holds have ended",
        holds: left.length === 0,
        read: left.length === 0 ? "none is left" : `left: ${left.join(" ")}`,
      },
    ];
  },

  inverse: () => ({ impossible: "the place and the seats may belong to other buyers by now" }),
});

async function buyerState(
  core: CoreContext,
  { queueId, userId }: Input,
): Promise<{ place: string; sequence: number | null; unpaidHolds: readonly number[] }> {
  // Every real sequence is above 0, so a look with the sequence 0 does not activate an admission.
  const place = await core.queue.place(queueId, userId, 0);
  const holds = await core.reservations.pendingOfQueue(null, userId, queueId, HOLDS_MAX);
  return {
    place: place.status,
    sequence: "sequence" in place ? place.sequence : null,
    unpaidHolds: holds,
  };
}

const idsOf = (text: unknown): readonly number[] =>
  String(text ?? "")
    .split(" ")
    .filter((id) => id !== "")
    .map(Number);
