import { z } from "zod";
import { LEDGER_RULES } from "../../invariants/balanceIsLedger.ts";
import { type ReconciledAccount, reconcileAccount } from "../../invariants/reconcileAccount.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { operation } from "../operation.ts";

/*
 * Restoring a balance from the ledger
 *
 * The entries of an account are never changed: each one has the version of the account and the
 * balance after it. When the entries follow from each other without a gap, and their number is the
 * version of the account, then their sum is the balance, and a different balance is wrong. Only
 * this case is repaired. When an entry is missing or changed, the rows do not show which amount is
 * right, so the plan is refused and a person decides.
 *
 * The statement changes the balance only under the version of the plan: a new entry raises the
 * version, and then nothing is changed.
 */

const inputSchema = z.strictObject({ userId: z.int().min(1) });
type Input = z.infer<typeof inputSchema>;

/** Sets a balance to the sum of its unbroken ledger. */
export const restoreBalanceOperation = operation<Input>({
  name: "point.restoreBalance",
  summary: "Set the balance of one user to the sum of the ledger, if the ledger is unbroken",
  input: inputSchema,
  confirmation: ({ userId }) => String(userId),
  target: ({ userId }) => `points:${userId}`,

  async plan(core, { userId }) {
    const found = await reconcileAccount(core, userId);
    if (!canRestoreBalance(found)) {
      const rules = found.differences.map(({ message }) => message).join("; ") || "it is right";
      const message = `the ledger of user ${userId} does not prove a balance: ${rules}`;
      throw new InvalidInputError(message, { field: "userId" });
    }
    const { balance, entriesSum, entryCount } = found;
    return {
      facts: { balance, entriesSum, accountVersion: entryCount },
      count: 1,
      unit: "balance",
      sample: [`user ${userId}: ${balance} -> ${entriesSum}`],
      notes: [`The ${entryCount} entries follow from each other, so their sum is the balance.`],
    };
  },

  state: async (core, { userId }) => ({ ...(await core.ledger.findAccount(null, userId)) }),

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { userId }, facts, checkpoint }) {
      const { balance, entriesSum, accountVersion } = z
        .object({ balance: z.int(), entriesSum: z.int(), accountVersion: z.int() })
        .parse(facts);
      const isRestored =
        checkpoint === undefined &&
        (await core.ledger.restoreBalance(tx, userId, {
          ...{ from: balance, to: entriesSum, version: accountVersion },
        }));
      return { checkpoint: {}, changed: isRestored ? 1 : 0, isDone: true };
    },
  },

  verify: async (core, { userId }) => [await balanceIsLedger(core, userId)],

  inverse: () => ({ impossible: "the former balance contradicted the ledger" }),
});

/** Whether only the balance is wrong: the entries follow from each other without a gap. */
export function canRestoreBalance({ differences, entriesSum }: ReconciledAccount): boolean {
  const ofLedger = differences.filter(({ invariant }) => invariant === "I3");
  return (
    entriesSum >= 0 &&
    ofLedger.some(({ message }) => message === LEDGER_RULES.sum) &&
    ofLedger.every(
      ({ message, ids }) =>
        message === LEDGER_RULES.sum ||
        (message === LEDGER_RULES.belowZero && ids.entryId === null),
    )
  );
}

async function balanceIsLedger(core: CoreContext, userId: number) {
  const { balance, entriesSum } = await reconcileAccount(core, userId);
  return {
    claim: `the balance of user ${userId} is the sum of the ledger`,
    holds: balance === entriesSum,
    read: `balance ${balance}, sum ${entriesSum}`,
  };
}
