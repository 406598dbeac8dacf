import { z } from "zod";
import { type IdempotencyInput, type Once, onceOnly } from "../idempotency/onceOnly.ts";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { POINTS_MAX, type Points, requireAmount } from "../shared/points.ts";
import { BalanceLimitError } from "./errors.ts";
import { pointEvent } from "./pointEvent.ts";

export interface ChargePointsInput {
  readonly userId: number;
  /** 1 to `AMOUNT_MAX` points. */
  readonly amount: Points;
  readonly idempotency?: IdempotencyInput | undefined;
}

const chargedSchema = z.object({ currentPoints: z.number() });

/**
 * Adds points to a point account. The first charge opens the account.
 * @throws InvalidInputError, BalanceLimitError
 */
export function chargePoints(
  core: CoreContext,
  input: ChargePointsInput,
): Promise<Once<{ currentPoints: Points }>> {
  const { userId, idempotency } = input;
  const amount = requireAmount(input.amount);
  const entryKey = `charge:${core.ids.uuid()}`;
  const request = {
    ...({ userId, operation: "charge", idempotency } as const),
    ...{ body: { amount }, answer: chargedSchema },
  };
  return core.withTransaction(
    (tx) =>
      onceOnly(core, tx, request, async () => {
        const posted = await core.ledger.post(tx, { userId, kind: "CHARGE", amount, entryKey });
        if (!posted) throw new BalanceLimitError(POINTS_MAX);
        await appendMessages(core, tx, [
          pointEvent("point-account.charged", userId, amount, posted),
        ]);
        return { currentPoints: posted.balanceAfter };
      }),
    { kind: "charge", userId },
  );
}
