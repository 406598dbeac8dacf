import {
  DELIVERY_RULES,
  LIMIT_RULES,
  MESSAGE_RULES,
  ORDER_RULES,
  TURN_RULES,
} from "@onsale/core/testing";
import type { Damage } from "./damage.ts";
import { ANN, CANCELLED, CONFIRMED, PAID_BACK, PENDING } from "./historyFacts.ts";

/** What is known of one transition in every table of messages. */
const FIRST_OF_CONFIRMED = {
  aggregateType: "reservation",
  aggregateId: CONFIRMED,
  aggregateVersion: 1,
} as const;

/** The id of its message. */
const APPLIED_MESSAGE = "message-9";

const OF_MESSAGES: readonly Damage[] = [
  {
    breaks: "I5",
    what: "a last transition without a message",
    foundBy: MESSAGE_RULES.noMessage,
    inflict: ({ remove }) => remove("outboxMessages", { type: "reservation.cancelled" }),
  },
  {
    breaks: "I5",
    what: "a first transition without a message",
    foundBy: MESSAGE_RULES.noMessage,
    inflict: ({ remove }) => remove("outboxMessages", FIRST_OF_CONFIRMED),
  },
  {
    breaks: "I5",
    what: "a transition in between without a message",
    foundBy: MESSAGE_RULES.noMessage,
    inflict: ({ remove }) => remove("outboxMessages", { type: "reservation.confirmed" }),
  },
  {
    breaks: "I5",
    what: "a ledger entry without a message",
    foundBy: MESSAGE_RULES.noMessage,
    inflict: ({ remove }) =>
      remove("outboxMessages", { aggregateType: "point-account", aggregateId: ANN }),
  },
  {
    breaks: "I5",
    what: "a message of something that never happened",
    foundBy: MESSAGE_RULES.noTransition,
    inflict: ({ update }) =>
      update("outboxMessages", { type: "payment.refunded" }, { aggregateVersion: 9 }),
  },
  {
    breaks: "I5",
    what: "a message of something that is not there",
    foundBy: MESSAGE_RULES.noTransition,
    inflict: ({ update }) =>
      update("outboxMessages", { aggregateId: PENDING }, { aggregateId: 999 }),
  },
  {
    breaks: "I5",
    what: "two messages of one transition",
    foundBy: MESSAGE_RULES.twoMessages,
    inflict: ({ copy }) =>
      copy("outboxMessages", { type: "payment.refunded" }, { id: 99, messageId: "twin" }),
  },
  {
    breaks: "I5",
    what: "a reservation that counts a transition twice",
    foundBy: MESSAGE_RULES.version,
    inflict: ({ update }) => update("reservations", { id: CANCELLED }, { version: 3 }),
  },
  {
    breaks: "I5",
    what: "a payment that did not count its refund",
    foundBy: MESSAGE_RULES.version,
    inflict: ({ update }) => update("payments", { id: PAID_BACK }, { version: 1 }),
  },
];

const OF_DELIVERY: readonly Damage[] = [
  {
    breaks: "I5",
    what: "a message that was applied twice",
    foundBy: MESSAGE_RULES.appliedTwice,
    inflict: ({ copy }) => copy("notifications", { messageId: APPLIED_MESSAGE }, { id: 99 }),
  },
  {
    breaks: "I5",
    what: "an effect without its inbox record",
    foundBy: MESSAGE_RULES.noInboxRecord,
    inflict: ({ remove }) => remove("inboxMessages", { messageId: APPLIED_MESSAGE }),
  },
  {
    breaks: "I5",
    what: "an effect that only another consumer recorded",
    foundBy: MESSAGE_RULES.noInboxRecord,
    inflict: ({ update }) =>
      update("inboxMessages", { messageId: APPLIED_MESSAGE }, { consumer: "projection" }),
  },
  {
    breaks: "I5",
    what: "an inbox record without its effect",
    foundBy: MESSAGE_RULES.noNotification,
    inflict: ({ remove }) => remove("notifications", { messageId: APPLIED_MESSAGE }),
  },
  {
    breaks: "I5",
    what: "a message that was not published",
    foundBy: DELIVERY_RULES.unpublished,
    inflict: ({ update }) => update("outboxMessages", { id: 1 }, { status: "PENDING" }),
  },
  {
    breaks: "I5",
    what: "a message that was given up",
    foundBy: DELIVERY_RULES.unpublished,
    inflict: ({ update }) => update("outboxMessages", { id: 1 }, { status: "DEAD" }),
  },
  {
    breaks: "I5",
    what: "a message that was published and not applied",
    foundBy: DELIVERY_RULES.unapplied,
    inflict({ remove }) {
      remove("notifications", { messageId: APPLIED_MESSAGE });
      remove("inboxMessages", { messageId: APPLIED_MESSAGE });
    },
  },
];

const OF_ORDER: readonly Damage[] = [
  {
    breaks: "I6",
    what: "a version published before a lower one",
    foundBy: ORDER_RULES.outOfOrder,
    inflict: ({ update }) => update("outboxPublications", FIRST_OF_CONFIRMED, { id: 1000 }),
  },
  {
    breaks: "I6",
    what: "a version that never left between two that did",
    foundBy: ORDER_RULES.outOfOrder,
    inflict: ({ remove }) =>
      remove("outboxPublications", { aggregateType: "point-account", aggregateVersion: 2 }),
  },
  {
    breaks: "I6",
    what: "a version published while a lower one was not",
    foundBy: ORDER_RULES.lowerUnpublished,
    inflict({ update, remove }) {
      update("outboxMessages", FIRST_OF_CONFIRMED, { status: "PENDING" });
      remove("outboxPublications", FIRST_OF_CONFIRMED);
    },
  },
];

const OF_QUEUE: readonly Damage[] = [
  {
    breaks: "I7",
    what: "more active than the cap",
    foundBy: LIMIT_RULES.active,
    inflict: ({ update }) => update("queueAdmissions", { sequence: 40 }, { endedAtUs: null }),
  },
  {
    breaks: "I7",
    what: "more active than the cap was at that time",
    foundBy: LIMIT_RULES.active,
    inflict: ({ update }) => update("queueFormerLimits", { id: 1 }, { activeCountMax: 2 }),
  },
  {
    breaks: "I7",
    what: "more admissions in a minute than the rate",
    foundBy: LIMIT_RULES.rate,
    inflict: ({ update }) => update("queues", { id: "main" }, { admissionRatePerMinute: 2 }),
  },
  {
    breaks: "I8",
    what: "somebody who was overtaken",
    foundBy: TURN_RULES.overtaken,
    inflict: ({ update }) => update("queueAdmissions", { sequence: 70 }, { sequence: 5 }),
  },
];

/** Damage to messages and to the admissions of a queue. */
export const NEWS_DAMAGES: readonly Damage[] = [
  ...OF_MESSAGES,
  ...OF_DELIVERY,
  ...OF_ORDER,
  ...OF_QUEUE,
];
