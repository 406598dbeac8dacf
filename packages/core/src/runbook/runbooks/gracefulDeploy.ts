import { configureQueueOperation } from "../../operations/queue/configure.ts";
import {
  backlogIsGone,
  everyBucketHasRelay,
  oldestFigure,
  unownedBucketsFigure,
} from "../readings/outboxReadings.ts";
import { activeFigure, admitsHead, modeIs, waitingFigure } from "../readings/queueReadings.ts";
import { everyWorkerIsNew, liveWorkersFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook, Situation } from "../runbook.ts";

const modeInput =
  (mode: "open" | "paused") =>
  async ({ subject }: Situation) => ({ queueId: subject, settings: { mode } });

/** Replaces every process by one of a new version, while the sale keeps its places. */
export const gracefulDeployRunbook: Runbook = {
  name: "graceful-deploy",
  title: "Deploy a new version during a sale",
  severity: "warning",
  symptom:
    "A planned deploy. Buyers keep their places and active buyers finish; no other buyer is " +
    "admitted while the processes are replaced, one after the other.",
  detection: [],
  subject: "queue",
  isDangerous: false,
  preconditions: [],
  diagnosis: [waitingFigure, activeFigure, liveWorkersFigure, unownedBucketsFigure, oldestFigure],
  steps: [
    {
      kind: "check",
      name: "queue-open",
      title: "Make sure that the queue is open, because the last steps open it",
      done: modeIs("open"),
    },
    {
      kind: "check",
      name: "no-backlog",
      title: "Make sure that no incident is under way",
      done: backlogIsGone,
    },
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
      kind: "manual",
      name: "roll-workers",
      title: "Replace the workers, one after the other",
      instruction:
        "Run `onsale db migrate` of the new version first: the old version works with the newer " +
        "schema. For each worker: start one of the new version, wait until `onsale doctor` is " +
        "healthy, then send SIGTERM to an old one and wait for its end. Never send SIGKILL: a " +
        "worker that ends after SIGTERM releases its leases immediately.",
      done: everyWorkerIsNew,
      withinMs: 900_000,
    },
    {
      kind: "wait",
      name: "relays-move",
      title: "Wait until the new workers have the lease of every bucket",
      done: everyBucketHasRelay,
      withinMs: 60_000,
    },
    {
      kind: "manual",
      name: "roll-api",
      title: "Replace the processes of the API, one after the other",
      instruction:
        "For each process with ROLE=api: start one of the new version, wait until /health/ready " +
        "answers 200, and send SIGTERM to an old one. With DRAIN_DELAY_MS it leaves the load " +
        "balancer by its probe; without it, take it out before the signal. Wait for its end " +
        "(open requests finish). Then acknowledge this step.",
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
  verification: [modeIs("open"), everyWorkerIsNew, everyBucketHasRelay, backlogIsGone],
  rollback:
    "Restores the mode that the queue had before the pause. The processes stay: deploy the " +
    "former version by this runbook again, and do not migrate back.",
  escalation:
    "When a new process does not become ready: start the former version again, open the queue " +
    "with `onsale queue open`, and hand over the log of the new process. An open queue with old " +
    "processes is safe.",
};
