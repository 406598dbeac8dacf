import { z } from "zod";
import type { NotificationSelection } from "../../ports/deliveryLog.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { operation } from "../operation.ts";

/** A plan shows this many of its notifications. */
const SAMPLE_MAX = 10;

const inputSchema = z.strictObject({
  messageId: z.uuid().optional(),
  reservationId: z.int().min(1).optional(),
  /** Only notifications in this state. */
  status: z.enum(["DELIVERED", "DEAD"]).optional(),
});
type Input = z.infer<typeof inputSchema>;

/**
 * Posts notifications once more that were delivered or given up, for a receiver that has lost or
 * refused them. The receiver recognises a repetition by the message id.
 */
export const repeatDeliveriesOperation = operation<Input>({
  name: "notification.repeat",
  summary: "Deliver notifications once more that were delivered or given up",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "notifications",

  async plan(core, input) {
    const selection = selectionOf(input);
    const count = await core.deliveryLog.countEnded(null, selection);
    const listed = await core.deliveryLog.list(null, selection, { max: SAMPLE_MAX });
    const ended = listed.filter(({ status }) => status !== "OWED");
    return {
      facts: { notifications: count },
      count,
      unit: "notification",
      sample: ended.map(({ type, messageId, status }) => `${messageId} ${type} ${status}`),
      notes: [
        "The receiver gets the same id and body again, with a new time and signature.",
        "The workers post them one after the other for each reservation, oldest first.",
      ],
    };
  },

  state: async (core) => ({ ...(await core.notifications.counts(null)) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { input, checkpoint, max }) {
      const afterId = typeof checkpoint?.afterId === "number" ? checkpoint.afterId : 0;
      const ids = await core.deliveryLog.repeat(tx, selectionOf(input), { afterId, max });
      const last = ids.at(-1) ?? afterId;
      return { checkpoint: { afterId: last }, changed: ids.length, isDone: ids.length < max };
    },
  },

  // Before this operation reads a notification again, a worker may have delivered it.
  verify: async () => [],

  inverse: () => ({ impossible: "the workers may have delivered the notifications already" }),
});

/** @throws InvalidInputError when nothing selects: the receiver would get every sale again */
function selectionOf({ messageId, reservationId, status }: Input): NotificationSelection {
  if (messageId === undefined && reservationId === undefined && status !== "DEAD") {
    throw new InvalidInputError(
      "name a message, a reservation, or the notifications that were given up (status DEAD)",
      { field: "messageId" },
    );
  }
  return { messageId, reservationId, status };
}
