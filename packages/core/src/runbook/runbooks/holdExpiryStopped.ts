import { expireOverdueOperation } from "../../operations/reservation/expireOverdue.ts";
import { holdsEndInTime, lateHoldsFigure, overdueHoldsFigure } from "../readings/holdReadings.ts";
import { liveWorkersFigure, loopAgeFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Expired holds keep their seats, because no reaper ends them. */
export const holdExpiryStoppedRunbook: Runbook = {
  name: "hold-expiry-stopped",
  title: "Expired holds still block seats",
  severity: "critical",
  symptom:
    "Buyers see seats as taken that no buyer pays for. The seat map stays full, and fewer seats " +
    "are sold than buyers are active. A buyer who tries such a seat can still take it over.",
  detection: ["HOLDS_OVERDUE"],
  subject: "none",
  isDangerous: false,
  preconditions: [],
  diagnosis: [
    overdueHoldsFigure,
    lateHoldsFigure,
    liveWorkersFigure,
    loopAgeFigure("hold-expiry", "The loop that ends expired holds is dead or hangs."),
  ],
  steps: [
    {
      kind: "operation",
      name: "free-seats",
      title: "End the overdue holds by hand, so that their seats are for sale immediately",
      operation: expireOverdueOperation,
      input: async () => ({}),
      done: holdsEndInTime,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "manual",
      name: "restart-worker",
      title: "Start a worker, or restart a worker that hangs",
      instruction:
        "Restart the worker process (ROLE=worker or ROLE=all). Keep its log: the log event " +
        "`loop.iteration_failed` of the `hold-expiry` loop says why no hold was ended. If the " +
        "worker waits for a lock, SHOW PROCESSLIST of MySQL shows which transaction blocks it.",
      done: loopRuns("hold-expiry"),
      withinMs: 120_000,
    },
    {
      kind: "wait",
      name: "reaper-works",
      title: "Wait until the worker has ended the holds that expired meanwhile",
      done: holdsEndInTime,
      withinMs: 60_000,
    },
  ],
  verification: [loopRuns("hold-expiry"), holdsEndInTime],
  rollback:
    "Nothing has to be restored. A hold that ended cannot return: its seats may belong to other " +
    "buyers, and its buyer could not have paid any more.",
  escalation:
    "When holds stay overdue although the `hold-expiry` loop runs: hand over the worker's log, " +
    "`onsale doctor --json` and `onsale reservation list --overdue --json`. Until then, repeat " +
    "`onsale reservation expire-overdue --execute` once a minute.",
};
