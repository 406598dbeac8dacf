import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { secondsText } from "../../shared/secondsText.ts";
import { operation } from "../operation.ts";
import { countsOf } from "./counts.ts";

/** 100 years, ms. From a much longer age, the database could not compute the time in the past. */
const AGE_MAX_MS = 36_500 * 24 * 3_600_000;

const inputSchema = z.strictObject({
  /** Age of the youngest messages to delete, ms since their first publication. */
  olderThanMs: z.int().min(1).max(AGE_MAX_MS),
});

type Input = z.infer<typeof inputSchema>;

/**
 * More messages reach the age while the job runs. The verification ignores messages that reached it
 * less than this time ago, ms.
 */
const SLACK_MS = 60_000;
const ANY = {
  ...{ ids: undefined, aggregateType: undefined, aggregateId: undefined },
  ...{ type: undefined, since: undefined, until: undefined },
};

/** Deletes old published messages and records of publications, as the scheduled cleanup does. */
export const cleanUpOutboxOperation = operation<Input>({
  name: "outbox.cleanUp",
  summary: "Delete messages that were published long ago",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "outbox",

  async plan(core, { olderThanMs }) {
    const { retentionMs } = core.config;
    if (olderThanMs < retentionMs) {
      throw new InvalidInputError(
        `messages are kept for the retention of ${retentionMs / 3_600_000} h (RETENTION_MS)`,
        { field: "olderThanMs", retentionMs },
      );
    }
    return {
      facts: { olderThanMs },
      count: await countOld(core, olderThanMs),
      unit: "published message",
      sample: [],
      notes: ["Rows of outbox_publications of that age are deleted too, and counted."],
    };
  },

  state: countsOf,

  steps: {
    kind: "transaction",
    async step(core, tx, { input, max }) {
      const changed = await core.outbox.cleanUp(tx, input.olderThanMs, Math.ceil(max / 2));
      return { checkpoint: {}, changed, isDone: changed === 0 };
    },
  },

  async verify(core, { olderThanMs }) {
    const count = await countOld(core, olderThanMs + SLACK_MS);
    const claim = `no published message is older than ${secondsText(olderThanMs)} plus a minute`;
    return [{ claim, holds: count === 0, read: `${count} are` }];
  },

  inverse: () => ({ impossible: "the rows are deleted" }),
});

const countOld = (core: CoreContext, ageMs: number): Promise<number> =>
  core.outboxAdmin.countPublishedBefore(null, ANY, ageMs);
