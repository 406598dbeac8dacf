import { z } from "zod";
import { adjustmentKeyOf, adjustPoints } from "../../point/adjustPoints.ts";
import { BalanceLimitError, InsufficientPointsError } from "../../point/errors.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { LedgerEntry } from "../../ports/ledgerStore.ts";
import { ADJUST_OPERATION, signOf } from "../../shared/entryKinds.ts";
import { AMOUNT_MAX, POINTS_MAX } from "../../shared/points.ts";
import { operation } from "../operation.ts";

const inputSchema = z.strictObject({
  userId: z.int().min(1),
  /** Points to add, or a negative number of points to take away. */
  change: z
    .int()
    .min(-AMOUNT_MAX)
    .max(AMOUNT_MAX)
    .refine((change) => change !== 0, "an adjustment must not be 0"),
});
type Input = z.infer<typeof inputSchema>;

/** Corrects a balance by a ledger entry of its own. The audit record says why. */
export const adjustPointsOperation = operation<Input>({
  name: ADJUST_OPERATION,
  summary: "Correct the points of one user by a ledger entry",
  input: inputSchema,
  confirmation: ({ userId }) => String(userId),
  target: ({ userId }) => `points:${userId}`,

  async plan(core, { userId, change }) {
    const { balance, version } = await accountOf(core, userId);
    const after = balance + change;
    if (after < 0) {
      const text = `The balance of user ${userId} is ${balance}; ${change} would make it negative`;
      throw new InsufficientPointsError(-change, balance, text);
    }
    if (after > POINTS_MAX) throw new BalanceLimitError(POINTS_MAX);
    return {
      facts: { balance, accountVersion: version },
      count: 1,
      unit: "ledger entry",
      sample: [`user ${userId}: ${balance} ${signed(change)} -> ${after}`],
      notes: version === 0 ? ["The user has no account yet; the entry opens it."] : [],
    };
  },

  state: async (core, { userId }) => ({ ...(await accountOf(core, userId)) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { userId, change }, checkpoint, jobId, auditId }) {
      // The balance can change between the plan and this step: then the entry is left out, and the
      // verification fails.
      const isPosted =
        checkpoint === undefined &&
        (await adjustPoints(core, tx, { userId, change, jobId, auditId })) !== undefined;
      return { checkpoint: {}, changed: isPosted ? 1 : 0, isDone: true };
    },
  },

  async verify(core, { userId, change }, _plan, { jobId }) {
    const entry = await core.ledger.findEntry(null, adjustmentKeyOf(jobId));
    const isRight = entry?.userId === userId && changeOf(entry) === change;
    return [
      {
        claim: `the ledger of user ${userId} has the entry of ${signed(change)}`,
        holds: isRight,
        read: entry
          ? `entry ${entry.id}: ${signed(changeOf(entry))}, balance ${entry.balanceAfter}`
          : `no entry; the balance is ${(await accountOf(core, userId)).balance}`,
      },
    ];
  },

  // The undo is an entry of its own, and its audit record names the record of this adjustment.
  inverse: ({ userId, change }) => ({
    operation: ADJUST_OPERATION,
    input: { userId, change: -change },
  }),
});

const accountOf = async (core: CoreContext, userId: number) =>
  (await core.ledger.findAccount(null, userId)) ?? { balance: 0, version: 0 };

const changeOf = ({ kind, amount }: LedgerEntry): number => signOf(kind) * amount;

const signed = (change: number): string => (change > 0 ? `+${change}` : String(change));
