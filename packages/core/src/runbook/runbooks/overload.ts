import { configureQueueOperation } from "../../operations/queue/configure.ts";
import { halfAdmission } from "../halfAdmission.ts";
import {
  connectionsFigure,
  inFlightFigure,
  loadIsNormal,
  loopDelayFigure,
  mysqlReadFigure,
  poolWaitsFigure,
  redisReadFigure,
  refusedFigure,
  runningFigure,
} from "../readings/loadReadings.ts";
import {
  activeFigure,
  hasRedisState,
  settingsAgree,
  waitingFigure,
} from "../readings/queueReadings.ts";
import type { Runbook } from "../runbook.ts";

/** More buyers are active than the servers can serve. */
export const overloadRunbook: Runbook = {
  name: "overload",
  title: "The servers are overloaded",
  severity: "critical",
  symptom:
    "Pages are slow, and some requests end with 503 or a timeout. The CPU of a server, or the " +
    "pool of connections, is used up. The queue lets more buyers in than the servers can serve.",
  detection: ["OVERLOADED"],
  subject: "queue",
  isDangerous: false,
  preconditions: [hasRedisState],
  diagnosis: [
    activeFigure,
    waitingFigure,
    connectionsFigure,
    runningFigure,
    mysqlReadFigure,
    redisReadFigure,
    inFlightFigure,
    poolWaitsFigure,
    loopDelayFigure,
    refusedFigure,
  ],
  steps: [
    {
      kind: "operation",
      name: "lower-admission",
      title: "Halve the number of active buyers and the admission rate",
      operation: configureQueueOperation,
      input: halfAdmission,
      done: loadIsNormal,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "manual",
      name: "add-capacity",
      title: "Wait for the load to fall, and add capacity while it does not",
      instruction:
        "Active buyers leave within minutes, and the load falls. When the load does not fall: " +
        "stop this run and run the runbook again, which halves the limits once more. Start more " +
        "processes with ROLE=api on other machines; keep MYSQL_POOL_MAX times the number of all " +
        "processes below max_connections. Look which server is busy (top, SHOW PROCESSLIST, " +
        "redis-cli --latency) and stop other work on it. Block clients that ignore the queue at " +
        "the load balancer. If nothing helps, run `onsale queue pause QUEUE`; buyers keep their " +
        "places.",
      done: loadIsNormal,
      withinMs: 300_000,
    },
    {
      kind: "wait",
      name: "load-stays-low",
      title: "See that the load stays low, because a short pause of the load does not count",
      done: loadIsNormal,
      withinMs: 300_000,
      stableMs: 10_000,
    },
  ],
  verification: [loadIsNormal, settingsAgree],
  rollback:
    "Restores the limits that the queue had. Do it when the load has been low for ten minutes, " +
    "or raise the limits in steps with `onsale queue admission set`.",
  escalation:
    "When the load stays high although few buyers are active: the cause is not the sale. Hand " +
    "over `onsale doctor --json`, SHOW PROCESSLIST and the metrics of the API, and pause the " +
    "queue. No seat and no place is lost by a pause.",
};
