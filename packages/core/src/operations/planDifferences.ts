import type { Difference } from "./errors.ts";
import type { Facts } from "./operation.ts";

/** Lists the facts that differ between the plan and the present state, in the order of the plan. */
export function planDifferences(planned: Facts, now: Facts): readonly Difference[] {
  const names = new Set([...Object.keys(planned), ...Object.keys(now)]);
  return [...names]
    .filter((fact) => planned[fact] !== now[fact])
    .map((fact) => ({ fact, planned: planned[fact], now: now[fact] }));
}
