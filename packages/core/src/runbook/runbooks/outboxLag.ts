import { notifierWorks } from "../readings/consumerReadings.ts";
import {
  backlogIsGone,
  brokerTakesMessages,
  everyBucketHasRelay,
  failingTopicsFigure,
  oldestFigure,
  pendingFigure,
  unownedBucketsFigure,
} from "../readings/outboxReadings.ts";
import { liveWorkersFigure } from "../readings/workerReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Messages wait in the outbox: Kafka is down, or no relay publishes. */
export const outboxLagRunbook: Runbook = {
  name: "outbox-lag",
  title: "Messages wait too long for their publication",
  severity: "critical",
  symptom:
    "Buyers see nothing. Notifications and everything that reads the events of Kafka is late. " +
    "The number of unpublished messages grows.",
  detection: ["OUTBOX_OLD"],
  subject: "none",
  isDangerous: false,
  preconditions: [],
  diagnosis: [
    pendingFigure,
    oldestFigure,
    failingTopicsFigure,
    unownedBucketsFigure,
    liveWorkersFigure,
  ],
  steps: [
    {
      kind: "manual",
      name: "start-relay",
      title: "Start a worker, so that each bucket has a relay",
      instruction:
        "Start or restart a worker process (ROLE=worker or ROLE=all). A relay that died keeps " +
        "its buckets until its leases expire; other relays then take them over.",
      done: everyBucketHasRelay,
      withinMs: 120_000,
    },
    {
      kind: "manual",
      name: "restore-kafka",
      title: "Bring Kafka back",
      instruction:
        "Start the brokers, or restore the network path to KAFKA_BROKERS. Check that the topics " +
        "exist and accept writes; `onsale outbox status` shows the error of each topic.",
      done: brokerTakesMessages,
      withinMs: 300_000,
    },
    {
      kind: "wait",
      name: "backlog-drains",
      title: "Wait until the relays have published the backlog",
      done: backlogIsGone,
      withinMs: 600_000,
    },
  ],
  verification: [everyBucketHasRelay, brokerTakesMessages, backlogIsGone, notifierWorks],
  rollback: "Nothing has to be restored: the steps change no data.",
  escalation:
    "When Kafka answers and messages still wait: hand over `onsale outbox status --json` and " +
    "`onsale outbox list --status blocked`. For a message that Kafka refuses, run the runbook " +
    "`poison-message`. Nothing is lost while messages wait in MySQL.",
};
