import { z } from "zod";
import { redriveMessages, replayMessages } from "../../outbox/messageChanges.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { MessageSelection } from "../../ports/outboxAdminStore.ts";
import { operation } from "../operation.ts";
import { countsOf } from "./counts.ts";
import {
  nextStep,
  rangeOf,
  readSelected,
  requireClosed,
  selectionOf,
  selectionSchema,
} from "./selection.ts";

const inputSchema = selectionSchema.extend({
  /** State of the messages to replay. */
  status: z.enum(["PUBLISHED", "DEAD"]),
});

type Input = z.infer<typeof inputSchema>;

/** Publishes messages again. See messageChanges.ts for ids, order and failures. */
export const replayOperation = operation<Input>({
  name: "outbox.replay",
  summary: "Publish messages again, with their ids and in order of each aggregate",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "outbox",

  async plan(core, input) {
    requireClosed(core, input);
    const selection = await selectionOf(core, input);
    const { facts, count, sample } = await readSelected(core, selection, input.status);
    const oldCount = input.status === "DEAD" ? 0 : await countOld(core, selection);
    const notes = ["Consumers with an inbox ignore a message that they have applied."];
    if (oldCount > 0) {
      notes.push(`${oldCount} of them are left out: consumers may have forgotten their ids.`);
    }
    return { facts, count: count - oldCount, unit: "outbox message", sample, notes };
  },

  state: countsOf,

  steps: {
    kind: "transaction",
    step: (core, tx, step) =>
      nextStep(core, step, (ids) =>
        step.input.status === "DEAD"
          ? redriveMessages(core, tx, ids)
          : replayMessages(core, tx, ids, step.jobId),
      ),
  },

  async verify(core, input, { facts }, { jobId, changed }) {
    const range = rangeOf(facts);
    if (input.status === "DEAD" || !range) return [];
    const counts = await core.outboxAdmin.countReplayed(null, jobId, range);
    const read = [...counts].map(([status, messages]) => `${messages} ${status}`);
    const total = [...counts.values()].reduce((sum, messages) => sum + messages, 0);
    // A replay keeps the time of the first publication, so cleanup may delete a message as soon as
    // a relay has published it again. Another job can have replayed it again by now.
    if (total < changed) read.push(`${changed - total} deleted by cleanup or replayed again`);
    return [
      {
        claim: `${changed} messages wait for the relays or were published again by this job`,
        holds: total <= changed,
        read: read.length === 0 ? "none" : read.join(", "),
      },
    ];
  },

  inverse: () => ({ impossible: "consumers may have received the messages already" }),
});

const countOld = (core: CoreContext, selection: MessageSelection): Promise<number> =>
  core.outboxAdmin.countPublishedBefore(null, selection, core.config.retentionMs);
