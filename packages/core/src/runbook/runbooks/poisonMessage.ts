import { redriveOperation } from "../../operations/outbox/redrive.ts";
import {
  blockedFigure,
  deadFigure,
  failingTopicsFigure,
  noMessageDead,
  noMessageFails,
  unownedBucketsFigure,
} from "../readings/outboxReadings.ts";
import type { Runbook } from "../runbook.ts";

/** Kafka refuses a message, and the later messages of its aggregate wait. */
export const poisonMessageRunbook: Runbook = {
  name: "poison-message",
  title: "A message cannot be published and blocks the later ones of its aggregate",
  severity: "critical",
  symptom:
    "Most events arrive, but those of some reservations, payments or accounts stop. Their " +
    "buyers have their seats and points; only the events about them are missing.",
  detection: ["DEAD_MESSAGES", "MESSAGES_BLOCKED"],
  subject: "none",
  isDangerous: false,
  preconditions: [],
  diagnosis: [deadFigure, blockedFigure, failingTopicsFigure, unownedBucketsFigure],
  steps: [
    {
      kind: "operation",
      name: "redrive",
      title: "Give the dead messages their attempts again, the oldest of each aggregate first",
      operation: redriveOperation,
      input: async () => ({}),
      done: noMessageDead,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "manual",
      name: "mend-cause",
      title: "Mend what the error of the failed message names",
      instruction:
        "Read the error with `onsale outbox list --status blocked` and `onsale outbox show ID`. " +
        "A message that is too large: raise message.max.bytes of the topic. A missing topic: " +
        "create it. A refused write: repair the ACL of the relay's user. The relay then " +
        "publishes the message within a minute. If the message has become DEAD again, run " +
        "`onsale outbox dead-letters redrive` after the repair. If the message can never be " +
        "published, and the owners of its consumers agree to miss this event, run `onsale " +
        "outbox dead-letters discard --id ID`.",
      done: noMessageFails,
      withinMs: 900_000,
    },
    {
      kind: "wait",
      name: "later-follow",
      title: "Wait until the later messages of the aggregates are published",
      done: noMessageFails,
      withinMs: 120_000,
    },
  ],
  verification: [noMessageDead, noMessageFails],
  rollback:
    "Nothing can be taken back: relays may have published the messages. A discarded message " +
    "keeps its payload, and `onsale outbox show` shows it.",
  escalation:
    "When Kafka still refuses a message: hand over `onsale outbox show ID --json` and the " +
    "broker's log of that minute to the owners of the topic and of its consumers. They decide " +
    "about a discard; the run never discards.",
};
