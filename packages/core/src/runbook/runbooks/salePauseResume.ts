import { configureQueueOperation } from "../../operations/queue/configure.ts";
import {
  activeFigure,
  admitsHead,
  isQuiet,
  modeIs,
  waitingFigure,
} from "../readings/queueReadings.ts";
import { liveWorkersFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook, Situation } from "../runbook.ts";

const modeInput =
  (mode: "open" | "paused") =>
  async ({ subject }: Situation) => ({ queueId: subject, settings: { mode } });

/** Stops admissions for some work, and goes on afterwards without a lost place. */
export const salePauseResumeRunbook: Runbook = {
  name: "sale-pause-resume",
  title: "Pause a sale and resume it",
  severity: "warning",
  symptom:
    "A planned change, or a doubt about the sale. During the pause, buyers may join and keep " +
    "their places, active buyers finish, and no other buyer is admitted.",
  detection: [],
  subject: "queue",
  isDangerous: false,
  preconditions: [],
  diagnosis: [waitingFigure, activeFigure, liveWorkersFigure],
  steps: [
    {
      kind: "operation",
      name: "pause",
      title: "Stop the admissions of the queue",
      operation: configureQueueOperation,
      input: modeInput("paused"),
      done: modeIs("paused"),
      withinMs: 5_000,
    },
    {
      kind: "wait",
      name: "active-finish",
      title: "Wait until the active buyers have finished",
      done: isQuiet,
      withinMs: 900_000,
    },
    {
      kind: "manual",
      name: "work",
      title: "Do the work that the sale was paused for",
      instruction: "Do the work now. No buyer is active. Then acknowledge this step.",
      withinMs: 0,
    },
    {
      kind: "check",
      name: "worker-ready",
      title: "Make sure that a worker can admit buyers",
      done: loopRuns("promotion"),
    },
    {
      kind: "operation",
      name: "resume",
      title: "Open the queue",
      operation: configureQueueOperation,
      input: modeInput("open"),
      done: modeIs("open"),
      withinMs: 5_000,
    },
    {
      kind: "wait",
      name: "queue-moves",
      title: "Wait until waiting buyers are admitted",
      done: admitsHead,
      withinMs: 30_000,
    },
  ],
  verification: [modeIs("open")],
  rollback: "Restores the mode that the queue had before the pause.",
  escalation:
    "When the queue does not move after it was opened, run the runbook `queue-stuck`. When " +
    "active buyers do not finish, look at `onsale queue list QUEUE --active`.",
};
