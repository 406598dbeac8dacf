import { z } from "zod";
import { hiddenMsOf } from "../../notification/deliverNotifications.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import { operation } from "../operation.ts";

const inputSchema = z.strictObject({});
type Input = z.infer<typeof inputSchema>;

/**
 * After a long outage of the receiver, a notification waits up to an hour for its next attempt.
 * This operation lets the workers try all of them now.
 */
export const retryNotificationsOperation = operation<Input>({
  name: "notification.retry",
  summary: "Deliver the notifications now that wait after a failed attempt",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "notifications",

  async plan(core) {
    const count = await postponed(core);
    const { owed, error } = await core.notifications.backlog(null);
    return {
      // The number changes with each failed attempt, so it is not one of the facts of the plan.
      facts: { hasPostponed: count > 0 },
      count,
      unit: "notification",
      sample: [],
      notes: [
        `${owed} notifications are not delivered yet${error ? `; one failed: ${error}` : ""}`,
        "The receiver must answer first. The attempts and the pauses between them begin anew.",
      ],
    };
  },

  state: async (core) => ({ postponed: await postponed(core) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { max }) {
      const changed = await core.notifications.makeDue(tx, hiddenMsOf(core), max);
      return { checkpoint: {}, changed, isDone: changed < max };
    },
  },

  // Before this operation reads a notification, a worker may try it and postpone it again.
  verify: async () => [],

  inverse: () => ({ impossible: "the workers may have delivered the notifications already" }),
});

const postponed = (core: CoreContext): Promise<number> =>
  core.notifications.countPostponed(null, hiddenMsOf(core));
