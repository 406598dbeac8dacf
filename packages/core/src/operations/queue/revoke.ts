import { z } from "zod";
import { operation } from "../operation.ts";
import { liveStats, queueRecord } from "./queueFacts.ts";

const inputSchema = z.strictObject({ queueId: z.string().min(1).max(64) });
type Input = z.infer<typeof inputSchema>;

/**
 * Makes all queue tokens invalid that were signed until now. Buyers keep their places: a buyer who
 * joins again gets the same place and a new token.
 */
export const revokeTokensOperation = operation<Input>({
  name: "queue.revoke",
  summary: "Make all queue tokens of a queue invalid; buyers keep their places and join again",
  input: inputSchema,
  confirmation: ({ queueId }) => queueId,
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, { queueId }) {
    const { epoch } = await queueRecord(core, queueId);
    const { waitingCount = 0, activeCount = 0 } = (await liveStats(core, queueId)) ?? {};
    return {
      facts: { epoch },
      count: 1,
      unit: "epoch",
      sample: [`epoch: ${epoch} -> ${epoch + 1}`],
      notes: [
        `${waitingCount} waiting and ${activeCount} active buyers need a new token: they join ` +
          "again and keep their places",
        "Every process refuses the old tokens within 3 s",
        "When Redis loses the queue before a waiting buyer has a new token, the place is lost",
      ],
    };
  },

  async state(core, { queueId }) {
    const { epoch } = await queueRecord(core, queueId);
    return { epoch };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { queueId }, facts }) {
      const isRaised = await core.admissions.raiseEpoch(tx, queueId, Number(facts.epoch));
      core.queueState.known.forget(queueId);
      return { checkpoint: {}, changed: isRaised ? 1 : 0, isDone: true };
    },
  },

  async verify(core, { queueId }, { facts }) {
    core.queueState.known.forget(queueId);
    const { epoch } = await queueRecord(core, queueId);
    return [
      {
        claim: `the epoch of queue ${queueId} is above ${facts.epoch}`,
        holds: epoch > Number(facts.epoch),
        read: `epoch ${epoch}`,
      },
    ];
  },

  inverse: () => ({ impossible: "a lower epoch would make the revoked tokens valid again" }),
});
