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
      kind: "manual",
      name: "mend-cause",
      title: "Mend what the error of the failed message names",
      instruction:
        "Read the error with `onsale outbox list --status blocked` and `onsale outbox show ID`. " +
        "A message that is too large: raise message.max.bytes of the topic. A missing topic: " +
        "create it. A refused write: repair the ACL of the relay's user. If the message can " +
        "never be published, and the owners of its consumers agree to miss this event, run " +
        "`onsale outbox dead-letters discard --id ID`. Then acknowledge this step; the next step " +
        "shows whether the repair helped.",
      withinMs: 0,
    },
    {
      kind: "operation",
      name: "redrive",
      title:
        "Give the dead messages their attempts again, the oldest of each aggregate first, and " +
        "wait until they and the later messages are published",
      operation: redriveOperation,
      input: async () => ({}),
      done: noMessageFails,
      withinMs: 180_000,
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
