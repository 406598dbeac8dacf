import { invariantsHold } from "../readings/damageReadings.ts";
import {
  connectionsFigure,
  databaseTakesWrites,
  mysqlReadFigure,
} from "../readings/loadReadings.ts";
import { backlogIsGone, everyBucketHasRelay, pendingFigure } from "../readings/outboxReadings.ts";
import { activeFigure, admitsHead, modeIs, waitingFigure } from "../readings/queueReadings.ts";
import { liveWorkersFigure, loopAgeFigure, loopRuns } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";
import { pauseStep, resumeStep } from "./moneySteps.ts";

/** The primary of MySQL is lost or read-only, and another server takes over. */
export const mysqlFailoverRunbook: Runbook = {
  name: "mysql-failover",
  title: "Fail over to another MySQL server",
  severity: "critical",
  symptom:
    "Holds and payments end with 503, and doctor reports SERVER_READ_ONLY, or SERVER_DOWN for " +
    "mysql. Waiting buyers keep their places in Redis. A run keeps its job in MySQL: while no " +
    "server accepts writes, do the step `fail-over` by hand, then start the run.",
  detection: ["SERVER_READ_ONLY"],
  subject: "queue",
  isDangerous: true,
  preconditions: [],
  diagnosis: [
    mysqlReadFigure,
    connectionsFigure,
    waitingFigure,
    activeFigure,
    pendingFigure,
    liveWorkersFigure,
    loopAgeFigure("outbox-relay", "The workers have not reached the new server yet."),
  ],
  steps: [
    {
      kind: "manual",
      name: "fail-over",
      title: "Promote a replica that has every transaction",
      instruction:
        "Make sure that the old primary accepts no writes: stop it, or set read_only=ON. Choose " +
        "the replica with the most executed transactions (SHOW SLAVE STATUS, gtid_slave_pos or " +
        "gtid_executed); wait until it has applied its relay log. When the old primary's binary " +
        "log can be read, apply the rest of it, because each missing transaction can be a sale " +
        "that a buyer has been promised. Then set read_only=OFF on the replica and point the " +
        "host of MYSQL_URL to it. `onsale doctor` must report no SETTING_UNSAFE.",
      done: databaseTakesWrites,
      withinMs: 900_000,
    },
    {
      ...pauseStep,
      title: "Stop the admissions until the new server is proven right",
    },
    {
      kind: "manual",
      name: "reconnect",
      title: "Let every process reach the new server",
      instruction:
        "The processes connect again by themselves. A process that still reaches the old server " +
        "has an old DNS answer: restart it, the workers first. No process may keep writing to " +
        "the old server; SHOW PROCESSLIST on the old server must show no process of Onsale.",
      done: loopRuns("outbox-relay"),
      withinMs: 180_000,
    },
    {
      kind: "wait",
      name: "relays-work",
      title: "Wait until a relay has the lease of every bucket",
      done: everyBucketHasRelay,
      withinMs: 120_000,
    },
    {
      kind: "wait",
      name: "backlog-drains",
      title: "Wait until the messages of the outage are published",
      done: backlogIsGone,
      withinMs: 600_000,
    },
    {
      kind: "check",
      name: "data-is-right",
      title: "Make sure that seats, payments, points and events agree on the new server",
      done: invariantsHold("I1", "I2", "I3", "I4", "I5", "I6"),
    },
    resumeStep,
    {
      kind: "wait",
      name: "queue-moves",
      title: "Wait until waiting buyers are admitted",
      done: admitsHead,
      withinMs: 60_000,
    },
  ],
  verification: [databaseTakesWrites, everyBucketHasRelay, modeIs("open")],
  rollback:
    "Restores the mode of the queue. The old primary must not return as a primary: its data " +
    "differs from now on. Make it a replica of the new one from a fresh copy.",
  escalation:
    "When `data-is-right` fails, or transactions of the old primary are missing, the queue stays " +
    "paused: hand over `onsale doctor --full --json`, both executed GTID sets and the old binary " +
    "log. Buyers whose sale is missing have answers that prove it (their idempotency keys).",
};
