import { retryNotificationsOperation } from "../../operations/notification/retry.ts";
import {
  consumerLagFigure,
  notificationsArrive,
  notifierWorks,
  oldestNotificationFigure,
  oldUnreadFigure,
  receiverAnswers,
  undeliveredFigure,
} from "../readings/consumerReadings.ts";
import { liveWorkersFigure, loopAgeFigure } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Events reach Kafka, but a consumer does not read them, or no notification is delivered. */
export const consumerStalledRunbook: Runbook = {
  name: "consumer-stalled",
  title: "Notifications are late: the consumer or the receiver stopped",
  severity: "warning",
  symptom:
    "Buyers have their seats, but no message about them arrives. The lag of the consumer group, " +
    "or the number of undelivered notifications, grows. The sale itself goes on.",
  detection: ["CONSUMER_LAG", "NOTIFICATIONS_OLD"],
  subject: "none",
  isDangerous: false,
  preconditions: [],
  diagnosis: [
    consumerLagFigure,
    oldUnreadFigure,
    undeliveredFigure,
    oldestNotificationFigure,
    liveWorkersFigure,
    loopAgeFigure("notification-delivery", "The loop that posts notifications is dead or hangs."),
  ],
  steps: [
    {
      kind: "manual",
      name: "restart-worker",
      title: "Start a worker, or restart the worker whose consumer hangs",
      instruction:
        "Restart the worker process (ROLE=worker or ROLE=all). Keep its log: the log events " +
        "`consumer.connection_lost` and `loop.iteration_failed` say why it stopped. A consumer " +
        "that died keeps its partitions until its session expires. So the new one begins to " +
        "read some seconds later.",
      done: notifierWorks,
      withinMs: 180_000,
    },
    {
      kind: "manual",
      name: "restore-receiver",
      title: "Bring the receiver of the notifications back",
      instruction:
        "Check that the host of WEBHOOK_URL resolves, accepts connections and answers. Show its " +
        "owner the error that `onsale doctor` shows. When the URL has changed, set WEBHOOK_URL " +
        "and restart the workers.",
      done: receiverAnswers,
      withinMs: 300_000,
    },
    {
      kind: "operation",
      name: "deliver-now",
      title: "Deliver the notifications that wait after failed attempts",
      operation: retryNotificationsOperation,
      input: async () => ({}),
      done: notificationsArrive,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "wait",
      name: "backlog-drains",
      title: "Wait until every late notification is delivered",
      done: notificationsArrive,
      withinMs: 600_000,
    },
  ],
  verification: [notifierWorks, notificationsArrive],
  rollback:
    "Nothing has to be restored. A notification can arrive twice; its message id is the same.",
  escalation:
    "When the receiver answers and still refuses: hand its owner the error of `onsale doctor " +
    "--json`. When the lag stays although a worker runs: hand over the worker's log and `onsale " +
    "outbox lag --json`. Kafka keeps unread messages for its retention; the sale does not wait.",
};
