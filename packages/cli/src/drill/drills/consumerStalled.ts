import type { Drill } from "../drill.ts";

/** The receiver of the notifications refuses everything. */
export const consumerStalledDrill: Drill = {
  runbook: "consumer-stalled",
  incident: "the receiver of the notifications answers 503",
  boundMs: 60_000,
  codes: ["NOTIFICATIONS_OLD"],
  async breakIt({ receiver }) {
    receiver.isUp = false;
  },
  manual: {
    async "restore-receiver"({ receiver }) {
      receiver.isUp = true;
    },
  },
};
