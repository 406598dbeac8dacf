import { checkInvariants } from "../../invariants/checkInvariants.ts";
import { reconcileAccount } from "../../invariants/reconcileAccount.ts";
import { canRestoreBalance } from "../../operations/point/restoreBalance.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { InvariantResult, Violation } from "../../ports/invariantReport.ts";
import type { InvariantId } from "../../shared/invariantTitles.ts";
import type { Check, Figure } from "../runbook.ts";

/** Number of violations that a reading shows with their ids. */
const SHOWN_MAX = 3;

/** Checks these invariants now, at any size of the data. */
async function broken(
  core: CoreContext,
  ids: readonly InvariantId[],
): Promise<readonly InvariantResult[]> {
  const { results } = await checkInvariants(core, { ids });
  return results.filter(({ holds }) => !holds);
}

const evidenceOf = (violations: readonly Violation[]): string =>
  violations
    .slice(0, SHOWN_MAX)
    .map(({ message, ids }) => `${message} ${JSON.stringify(ids)}`)
    .join("; ");

export function violationsFigure(id: InvariantId, meaning: string): Figure {
  return {
    name: `violations of ${id}`,
    unit: "violations",
    read: async ({ core }) => (await broken(core, [id]))[0]?.violationCount ?? 0,
    bound: { above: 0 },
    meaning,
  };
}

/** The condition that these invariants have no violation in all data. */
export function invariantsHold(...ids: readonly InvariantId[]): Check {
  return {
    claim: `all data satisfies ${ids.join(" and ")}`,
    async look({ core }) {
      const found = await broken(core, ids);
      const violations = found.flatMap((one) => one.violations);
      const count = found.reduce((sum, { violationCount }) => sum + violationCount, 0);
      const read = count === 0 ? "no violation" : `${count} violations: ${evidenceOf(violations)}`;
      return { holds: count === 0, read };
    },
  };
}

/** Users whose balance is wrong while their ledger is unbroken, lowest id first. */
export async function restorableUsers(core: CoreContext): Promise<readonly number[]> {
  const found = await broken(core, ["I3"]);
  const named = found
    .flatMap(({ violations }) => violations)
    .flatMap(({ ids }) => (typeof ids.userId === "number" ? [ids.userId] : []));
  const userIds = [...new Set(named)].toSorted((a, b) => a - b);
  const accounts = await Promise.all(userIds.map((userId) => reconcileAccount(core, userId)));
  return accounts.filter(canRestoreBalance).map(({ userId }) => userId);
}

export const balancesAreRestored: Check = {
  claim: "no balance differs from an unbroken ledger",
  async look({ core }) {
    const userIds = await restorableUsers(core);
    const read = userIds.length === 0 ? "none differs" : `users ${userIds.join(", ")}`;
    return { holds: userIds.length === 0, read };
  },
};

/**
 * The condition that all unpaid holds of damaged seats have ended. Such holds end by themselves,
 * and then only paid reservations need a decision.
 */
export const unpaidHoldsEnded: Check = {
  claim: "no unpaid hold is part of a violation of I1",
  async look({ core }) {
    const found = await broken(core, ["I1"]);
    const named = found
      .flatMap(({ violations }) => violations)
      .flatMap(({ ids }) => (typeof ids.reservationId === "number" ? [ids.reservationId] : []));
    const all = await Promise.all(
      [...new Set(named)].map((id) => core.reservations.find(null, id)),
    );
    const unpaid = all.flatMap((one) => (one?.status === "PENDING" ? [one.id] : []));
    const read = unpaid.length === 0 ? "none is" : `reservations ${unpaid.join(", ")}`;
    return { holds: unpaid.length === 0, read };
  },
};
