import type { Drill } from "../drill.ts";

/** A planned change: every process is replaced during the sale. */
export const gracefulDeployDrill: Drill = {
  runbook: "graceful-deploy",
  incident: "none; every process is replaced while buyers arrive",
  boundMs: 0,
  breakIt: async () => undefined,
  manual: {
    "roll-workers": ({ processes }) => processes.rollWorker(),
    "roll-api": ({ processes }) => processes.rollApis(),
  },
};
