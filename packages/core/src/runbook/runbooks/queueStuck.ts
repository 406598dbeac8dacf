import { freeSlots } from "../../diagnosis/queueFindings.ts";
import { configureQueueOperation } from "../../operations/queue/configure.ts";
import { promoteQueueOperation } from "../../operations/queue/promote.ts";
import { liveStats, queueRecord } from "../../operations/queue/queueFacts.ts";
import {
  admitsHead,
  freeSlotsFigure,
  hasRedisState,
  settingsAgree,
  waitingFigure,
} from "../readings/queueReadings.ts";
import { liveWorkersFigure, loopAgeFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Buyers wait, slots are free, and no worker promotes. */
export const queueStuckRunbook: Runbook = {
  name: "queue-stuck",
  title: "Buyers wait while slots are free",
  severity: "critical",
  symptom:
    "The positions of waiting buyers do not change, and fewer buyers are active than the queue " +
    "allows. Sales go down.",
  detection: ["QUEUE_STUCK"],
  subject: "queue",
  isDangerous: false,
  preconditions: [hasRedisState],
  diagnosis: [
    waitingFigure,
    freeSlotsFigure,
    liveWorkersFigure,
    loopAgeFigure("promotion", "The loop that admits buyers is dead or hangs."),
  ],
  steps: [
    {
      kind: "operation",
      name: "repeat-settings",
      title: "Send the settings of MySQL to Redis",
      operation: configureQueueOperation,
      async input({ core, subject }) {
        const { settings } = await queueRecord(core, subject);
        return { queueId: subject, settings: { ...settings } };
      },
      done: settingsAgree,
      withinMs: 5_000,
    },
    {
      kind: "operation",
      name: "promote-by-hand",
      title: "Admit the first waiting buyers into the free slots",
      operation: promoteQueueOperation,
      async input({ core, subject }) {
        const stats = await liveStats(core, subject);
        const slots = stats ? Math.min(freeSlots(stats), stats.waitingCount) : 0;
        return { queueId: subject, count: Math.max(1, slots) };
      },
      done: admitsHead,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "manual",
      name: "restart-worker",
      title: "Start a worker, or restart a worker that hangs",
      instruction:
        "Restart the worker process (ROLE=worker or ROLE=all). Keep its log: the log event " +
        "`loop.iteration_failed` says why the worker stopped.",
      done: loopRuns("promotion"),
      withinMs: 120_000,
    },
    {
      kind: "wait",
      name: "queue-moves",
      title: "Wait until the worker admits buyers",
      done: admitsHead,
      withinMs: 30_000,
    },
  ],
  verification: [settingsAgree, loopRuns("promotion")],
  rollback:
    "Nothing has to be restored. An admission by hand cannot be taken back; `onsale queue evict` " +
    "ends one.",
  escalation:
    "When buyers still wait although a worker runs: hand over the worker's log, `onsale doctor " +
    "--json` and `onsale queue status --json`. The queue keeps all places meanwhile.",
};
