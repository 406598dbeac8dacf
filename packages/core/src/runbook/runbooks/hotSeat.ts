import { configureQueueOperation } from "../../operations/queue/configure.ts";
import { halfAdmission } from "../halfAdmission.ts";
import {
  deadlocksFigure,
  locksAreFree,
  lockWaitsFigure,
  runningFigure,
} from "../readings/loadReadings.ts";
import { activeFigure, hasRedisState, settingsAgree } from "../readings/queueReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Many transactions wait for the same rows, or MySQL ends them as deadlocks. */
export const hotSeatRunbook: Runbook = {
  name: "hot-seat",
  title: "Buyers wait for the same rows: hot seats or a deadlock storm",
  severity: "critical",
  symptom:
    "Holds and payments of some seats take seconds or end with 503, while other requests are " +
    "fast. MySQL reports lock waits or deadlocks; its CPU is not busy.",
  detection: ["LOCKS_CONTENDED"],
  subject: "queue",
  isDangerous: false,
  preconditions: [hasRedisState],
  diagnosis: [lockWaitsFigure, deadlocksFigure, runningFigure, activeFigure],
  steps: [
    {
      kind: "operation",
      name: "lower-admission",
      title: "Halve the number of active buyers, so that fewer want the same seats",
      operation: configureQueueOperation,
      input: halfAdmission,
      done: locksAreFree,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "manual",
      name: "end-blocker",
      title: "End the transaction that the others wait for",
      instruction:
        "SELECT trx_mysql_thread_id, trx_started, trx_query FROM information_schema.innodb_trx " +
        "ORDER BY trx_started LIMIT 5. A transaction of Onsale lasts milliseconds. A transaction " +
        "that is older than ten seconds belongs to another program, or to a person: KILL its " +
        "thread id, and MySQL rolls it back as a whole. SHOW ENGINE INNODB STATUS names both " +
        "sides of the latest deadlock; stop the program whose statements are not Onsale's.",
      done: locksAreFree,
      withinMs: 300_000,
    },
    {
      kind: "wait",
      name: "locks-stay-free",
      title: "Look again, so that a short pause of the storm does not count",
      done: locksAreFree,
      withinMs: 60_000,
    },
  ],
  verification: [locksAreFree, settingsAgree],
  rollback:
    "Restores the limits that the queue had. Do it when, for ten minutes, no statement has had " +
    "to wait for a lock.",
  escalation:
    "When statements still wait and no foreign transaction is open: hand over SHOW ENGINE INNODB " +
    "STATUS and `onsale doctor --json`, and pause the queue. A buyer who met a deadlock got an " +
    "answer to try again; nothing was sold or charged.",
};
