import type { Drill } from "../drill.ts";

/** The reaper dies while abandoned holds wait for their end. */
export const holdExpiryStoppedDrill: Drill = {
  runbook: "hold-expiry-stopped",
  incident: "the only worker gets SIGKILL while buyers have abandoned their holds",
  // The hold's time to pay, three sweeps, and the 15 s of the finding.
  boundMs: 3_000 + 3 * 500 + 15_000,
  settings: { HOLD_TTL_MS: "3000" },
  abandonShare: 0.6,
  breakIt: ({ processes }) => processes.killWorkers(),
  manual: { "restart-worker": ({ processes }) => processes.startWorker() },
};
