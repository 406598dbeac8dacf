import type { Drill } from "../drill.ts";

/** A planned change: the sale pauses, some work is done, and the sale goes on. */
export const salePauseResumeDrill: Drill = {
  runbook: "sale-pause-resume",
  incident: "none; buyers keep arriving while the sale is paused",
  boundMs: 0,
  // Otherwise the pause lasts until the admissions of buyers who left have expired.
  abandonShare: 0,
  breakIt: async () => undefined,
  manual: { work: async () => undefined },
};
