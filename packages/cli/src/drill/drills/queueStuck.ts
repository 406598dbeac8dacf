import type { Drill } from "../drill.ts";

/** The only worker dies, so that no loop admits buyers. */
export const queueStuckDrill: Drill = {
  runbook: "queue-stuck",
  incident: "the only worker gets SIGKILL",
  boundMs: 0,
  breakIt: ({ processes }) => processes.killWorkers(),
  manual: { "restart-worker": ({ processes }) => processes.startWorker() },
};
