import { rebuildQueueOperation } from "../../operations/queue/rebuild.ts";
import {
  activeFigure,
  admitsHead,
  hasRedisState,
  redisAnswers,
  settingsAgree,
  waitingFigure,
} from "../readings/queueReadings.ts";
import { liveWorkersFigure, loopAgeFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Redis restarted empty, failed over without its data, or was flushed. */
export const queueLostRunbook: Runbook = {
  name: "queue-lost",
  title: "Redis lost the queue",
  severity: "critical",
  symptom:
    "Waiting buyers see that their position is restored, or an error while Redis is down. No " +
    "buyer is admitted. Active buyers go on: MySQL knows their admissions.",
  detection: ["QUEUE_LOST"],
  subject: "queue",
  isDangerous: false,
  preconditions: [],
  diagnosis: [
    waitingFigure,
    activeFigure,
    liveWorkersFigure,
    loopAgeFigure("promotion", "The loop that rebuilds the queue is dead or hangs."),
  ],
  steps: [
    {
      kind: "manual",
      name: "restore-redis",
      title: "Bring Redis back, with or without its data",
      instruction:
        "Start Redis, or restore the network path to REDIS_URL. Do not restore an old backup: " +
        "its places are out of date. Set maxmemory-policy to noeviction, and find out who ran " +
        "FLUSHALL or why the process ended: `INFO server` shows the uptime.",
      done: redisAnswers,
      withinMs: 300_000,
    },
    {
      kind: "operation",
      name: "rebuild",
      title: "Restore the state of the queue from MySQL",
      operation: rebuildQueueOperation,
      input: async ({ subject }) => ({ queueId: subject, discardState: false }),
      done: hasRedisState,
      withinMs: 5_000,
    },
    {
      kind: "manual",
      name: "restart-worker",
      title: "Start a worker, or restart a worker that hangs",
      instruction:
        "Restart the worker process (ROLE=worker or ROLE=all). Keep its log: the log event " +
        "`loop.iteration_failed` says why the worker did not rebuild the queue by itself.",
      done: loopRuns("promotion"),
      withinMs: 120_000,
    },
    {
      kind: "wait",
      name: "buyers-return",
      title: "Wait until buyers have returned with their tokens and the head is admitted",
      done: admitsHead,
      withinMs: 120_000,
    },
  ],
  verification: [hasRedisState, settingsAgree, loopRuns("promotion")],
  rollback:
    "Nothing has to be restored. Buyers return to their places by their queue tokens; promotion " +
    "pauses for one poll interval, so that no later buyer overtakes them.",
  escalation:
    "When Redis loses the queue again: hand over `onsale doctor --json`, the log of Redis and " +
    "the worker's log. Pause the sale with `onsale queue pause` until Redis keeps its state: " +
    "each loss costs buyers one poll interval, and none of them a place.",
};
