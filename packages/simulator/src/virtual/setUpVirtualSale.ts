import type { CoreContext } from "@onsale/core";
import { type PreparedSale, setUpSale } from "../rush/setUpSale.ts";
import { hallOf } from "./rules/saleRules.ts";
import type { RunPlan } from "./runPlan.ts";
import { LIVES } from "./scenario.ts";

/** A prepared sale with the time from which on it is open, ms since the epoch. */
export type VirtualSale = PreparedSale & { readonly opensAtMs: number };

/** Creates the concert, the hall and the waiting room of a run, with the rules of its plan. */
export async function setUpVirtualSale(
  { conditions, rules, scenario }: RunPlan,
  core: CoreContext,
): Promise<VirtualSale> {
  const { activeCountMax, admissionRatePerMinute } = conditions;
  const { seats } = scenario;
  const opensAtMs = Math.ceil(core.clock.nowMs() + (rules?.opensAfterMs ?? 0));
  const sale = await setUpSale(core, {
    ...{ runId: "virtual", seats, zipfExponent: 0.8 },
    room: { activeCountMax, admissionRatePerMinute, ...LIVES },
    ...(rules && {
      ...{ hall: hallOf(rules, seats), seatsPerBuyerMax: rules.seatsPerBuyerMax },
      saleOpensAt: rules.opensAfterMs > 0 ? new Date(opensAtMs) : undefined,
    }),
  });
  return { ...sale, opensAtMs };
}
