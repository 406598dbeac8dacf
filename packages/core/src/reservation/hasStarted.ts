import type { CoreContext } from "../ports/coreContext.ts";

/** Whether the performance of a seat or a reservation has begun, by the clock of this process. */
export function hasStarted(
  core: Pick<CoreContext, "clock">,
  { performanceStartsAt }: { readonly performanceStartsAt: Date },
): boolean {
  return performanceStartsAt.getTime() <= core.clock.nowMs();
}
