import { checkInvariants, type InvariantReport } from "@onsale/core";
import { drainSale } from "@onsale/simulator/drill";
import type { DrillSite } from "./drill.ts";
import type { DrillOutcome } from "./drillResult.ts";

/** The state of the data after the repair. */
export interface CheckedData {
  readonly outcome: DrillOutcome;
  readonly reason: string | undefined;
  readonly invariants: InvariantReport | undefined;
}

/** Stops the buyers, waits for the last messages, and checks every invariant. */
export async function checkData({ core, load, signal }: DrillSite): Promise<CheckedData> {
  await load.stop();
  const { drained, pending } = await drainSale(core, signal, () => undefined);
  const acknowledged = load.acknowledged();
  // The drain has proven that no message is missing. Since then an abandoned hold can have expired,
  // and its message is still on the way, so this check does not require a drained outbox again.
  const invariants = await checkInvariants(core, { acknowledged, drained: false });
  const broken = invariants.results.filter(({ holds }) => !holds);
  if (broken.length > 0) {
    const reason = broken
      .map(({ id, violations: [first] }) => `${id}: ${first?.message ?? "broken"}`)
      .join("; ");
    return { outcome: "violated", reason, invariants };
  }
  if (drained) return { outcome: "repaired", reason: undefined, invariants };
  const reason = `${pending} messages are not published, or published ones are not applied`;
  return { outcome: "undrained", reason, invariants };
}
