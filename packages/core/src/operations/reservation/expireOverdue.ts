import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import { expireOverdueHolds } from "../../reservation/releaseExpiredHolds.ts";
import { operation } from "../operation.ts";

const inputSchema = z.strictObject({});
type Input = z.infer<typeof inputSchema>;

/**
 * More holds become overdue while the job runs. The verification ignores holds that are overdue for
 * less than this time, ms.
 */
const SLACK_MS = 60_000;
const SAMPLE_MAX = 10;

/** Ends overdue holds, as the reaper does. For a sale whose reaper does not run. */
export const expireOverdueOperation = operation<Input>({
  name: "reservation.expireOverdue",
  summary: "End the holds that have expired and that no reaper has ended",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "overdue-holds",

  async plan(core) {
    const count = await core.reservations.countOverdue(null, 0);
    const selection = { userId: undefined, performanceId: undefined, status: undefined };
    const page = { limit: SAMPLE_MAX };
    const shown = await core.reservations.list(null, { ...selection, isOverdue: true }, page);
    return {
      // The number of overdue holds changes all the time, so it is not a fact of the plan. The fact
      // is that there are overdue holds: when the reaper works again, the plan is not needed.
      facts: { hasOverdueHolds: count > 0 },
      count,
      unit: "overdue hold",
      sample: shown.map(({ id, userId, seats, expiresAt }) => {
        const seatNos = seats.map(({ seatNo }) => seatNo).join(" ");
        return `reservation ${id}: user ${userId}, ${seatNos}, expired ${expiresAt.toISOString()}`;
      }),
      notes: ["Holds that become overdue meanwhile end too. Their seats are for sale again."],
    };
  },

  state: async (core) => ({ overdueHolds: await core.reservations.countOverdue(null, 0) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { max }) {
      const changed = await expireOverdueHolds(core, tx, max);
      return { checkpoint: {}, changed, isDone: changed < max };
    },
  },

  verify: async (core) => [await nothingOverdue(core)],

  inverse: () => ({ impossible: "the seats may belong to other buyers by now" }),
});

async function nothingOverdue(core: CoreContext) {
  const count = await core.reservations.countOverdue(null, SLACK_MS);
  return {
    claim: "no hold is overdue by more than a minute",
    holds: count === 0,
    read: count === 1 ? "1 hold is" : `${count} holds are`,
  };
}
