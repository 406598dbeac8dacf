import {
  DELIVERY_RULES,
  LIMIT_RULES,
  MESSAGE_RULES,
  ORDER_OF_ADMISSION_RULES,
  ORDER_RULES,
} from "@onsale/core/testing";
import type { Corruption } from "./corruption.ts";
import { ANN, CANCELLED, PAID_BACK, PENDING } from "./historyFacts.ts";
import { FIRST_OF_CONFIRMED } from "./messageRows.ts";
import { AUDIT_ID, discardAudit, replayConfirmed } from "./operatorActs.ts";

/** The id of the message of that transition. */
const APPLIED_MESSAGE = "message-9";

const OF_MESSAGES: readonly Corruption[] = [
  {
    breaks: "I5",
    what: "a last transition without a message",
    foundBy: MESSAGE_RULES.noMessage,
    plant: ({ remove }) => remove("outboxMessages", { type: "reservation.cancelled" }),
  },
  {
    breaks: "I5",
    what: "a first transition without a message",
    foundBy: MESSAGE_RULES.noMessage,
    plant: ({ remove }) => remove("outboxMessages", FIRST_OF_CONFIRMED),
  },
  {
    breaks: "I5",
    what: "a transition in between without a message",
    foundBy: MESSAGE_RULES.noMessage,
    plant: ({ remove }) => remove("outboxMessages", { type: "reservation.confirmed" }),
  },
  {
    breaks: "I5",
    what: "a ledger entry without a message",
    foundBy: MESSAGE_RULES.noMessage,
    plant: ({ remove }) =>
      remove("outboxMessages", { aggregateType: "point-account", aggregateId: ANN }),
  },
  {
    breaks: "I5",
    what: "a message of a transition that was never made",
    foundBy: MESSAGE_RULES.noTransition,
    plant: ({ update }) =>
      update("outboxMessages", { type: "payment.refunded" }, { aggregateVersion: 9 }),
  },
  {
    breaks: "I5",
    what: "a message of an aggregate that does not exist",
    foundBy: MESSAGE_RULES.noTransition,
    plant: ({ update }) =>
      update(
        "outboxMessages",
        { aggregateType: "reservation", aggregateId: PENDING },
        { aggregateId: 999 },
      ),
  },
  {
    breaks: "I5",
    what: "two messages of one transition",
    foundBy: MESSAGE_RULES.twoMessages,
    plant: ({ copy }) =>
      copy("outboxMessages", { type: "payment.refunded" }, { id: 99, messageId: "twin" }),
  },
  {
    breaks: "I5",
    what: "a reservation that counts a transition twice",
    foundBy: MESSAGE_RULES.version,
    plant: ({ update }) => update("reservations", { id: CANCELLED }, { version: 3 }),
  },
  {
    breaks: "I5",
    what: "a payment that did not count its refund",
    foundBy: MESSAGE_RULES.version,
    plant: ({ update }) => update("payments", { id: PAID_BACK }, { version: 1 }),
  },
];

const OF_DELIVERY: readonly Corruption[] = [
  {
    breaks: "I5",
    what: "a message that was applied twice",
    foundBy: MESSAGE_RULES.appliedTwice,
    plant: ({ copy }) => copy("notifications", { messageId: APPLIED_MESSAGE }, { id: 99 }),
  },
  {
    breaks: "I5",
    what: "an effect without its inbox record",
    foundBy: MESSAGE_RULES.noInboxRecord,
    plant: ({ remove }) => remove("inboxMessages", { messageId: APPLIED_MESSAGE }),
  },
  {
    breaks: "I5",
    what: "an effect that only another consumer recorded",
    foundBy: MESSAGE_RULES.noInboxRecord,
    plant: ({ update }) =>
      update("inboxMessages", { messageId: APPLIED_MESSAGE }, { consumer: "projection" }),
  },
  {
    breaks: "I5",
    what: "an inbox record whose message id is in upper case",
    foundBy: MESSAGE_RULES.noInboxRecord,
    plant: ({ update }) =>
      update(
        "inboxMessages",
        { messageId: APPLIED_MESSAGE },
        { messageId: APPLIED_MESSAGE.toUpperCase() },
      ),
  },
  {
    breaks: "I5",
    what: "a notification whose message id is in upper case",
    foundBy: MESSAGE_RULES.noNotification,
    plant: ({ update }) =>
      update(
        "notifications",
        { messageId: APPLIED_MESSAGE },
        { messageId: APPLIED_MESSAGE.toUpperCase() },
      ),
  },
  {
    breaks: "I5",
    what: "a discarded message without an audit record",
    foundBy: MESSAGE_RULES.discardedUnaudited,
    plant: ({ update }) => update("outboxMessages", { id: 1 }, { status: "DISCARDED" }),
  },
  {
    breaks: "I5",
    what: "a discarded message whose audit record is that of another operation",
    foundBy: MESSAGE_RULES.discardedUnaudited,
    plant({ update, insert, nowUs }) {
      insert("opsAudit", { ...discardAudit(nowUs), operation: "outbox.replay" });
      update("outboxMessages", { id: 1 }, { status: "DISCARDED", discardAudit: AUDIT_ID });
    },
  },
  {
    breaks: "I5",
    what: "an inbox record without its effect",
    foundBy: MESSAGE_RULES.noNotification,
    plant: ({ remove }) => remove("notifications", { messageId: APPLIED_MESSAGE }),
  },
  {
    breaks: "I5",
    what: "a message that was not published",
    foundBy: DELIVERY_RULES.unpublished,
    plant: ({ update }) => update("outboxMessages", { id: 1 }, { status: "PENDING" }),
  },
  {
    breaks: "I5",
    what: "a dead message",
    foundBy: DELIVERY_RULES.unpublished,
    plant: ({ update }) => update("outboxMessages", { id: 1 }, { status: "DEAD" }),
  },
  {
    breaks: "I5",
    what: "a message that was published and not applied",
    foundBy: DELIVERY_RULES.unapplied,
    plant({ remove }) {
      remove("notifications", { messageId: APPLIED_MESSAGE });
      remove("inboxMessages", { messageId: APPLIED_MESSAGE });
    },
  },
];

const OF_ORDER: readonly Corruption[] = [
  {
    breaks: "I6",
    what: "a version published before a lower one",
    foundBy: ORDER_RULES.outOfOrder,
    plant: ({ update }) => update("outboxPublications", FIRST_OF_CONFIRMED, { id: 1000 }),
  },
  {
    breaks: "I6",
    what: "an unpublished version between two published ones",
    foundBy: ORDER_RULES.outOfOrder,
    plant: ({ remove }) =>
      remove("outboxPublications", { aggregateType: "point-account", aggregateVersion: 2 }),
  },
  {
    breaks: "I6",
    what: "a version published while a lower one was not",
    foundBy: ORDER_RULES.lowerUnpublished,
    plant({ update, remove }) {
      update("outboxMessages", FIRST_OF_CONFIRMED, { status: "PENDING" });
      remove("outboxPublications", FIRST_OF_CONFIRMED);
    },
  },
  {
    breaks: "I6",
    what: "a version that was published while a lower one was discarded without an audit record",
    foundBy: ORDER_RULES.lowerUnpublished,
    plant({ update, remove }) {
      update("outboxMessages", FIRST_OF_CONFIRMED, { status: "DISCARDED" });
      remove("outboxPublications", FIRST_OF_CONFIRMED);
    },
  },
  {
    breaks: "I6",
    what: "a version that a replay published before a lower one",
    foundBy: ORDER_RULES.replayedOutOfOrder,
    plant: (editor) => replayConfirmed(editor, { first: 1001, second: 1000 }),
  },
  {
    breaks: "I6",
    what: "a version that a replay published while a lower one of the replay was not",
    foundBy: ORDER_RULES.lowerUnpublished,
    plant(editor) {
      replayConfirmed(editor, { first: 1000, second: 1001 });
      editor.remove("outboxPublications", { id: 1000 });
      editor.update("outboxMessages", FIRST_OF_CONFIRMED, { status: "PENDING" });
    },
  },
];

const OF_QUEUE: readonly Corruption[] = [
  {
    breaks: "I7",
    what: "more active buyers than the active count max",
    foundBy: LIMIT_RULES.active,
    plant: ({ update }) => update("queueAdmissions", { sequence: 40 }, { endedAtUs: null }),
  },
  {
    breaks: "I7",
    what: "more active buyers than the active count max of that time",
    foundBy: LIMIT_RULES.active,
    plant: ({ update }) => update("queueFormerLimits", { id: 1 }, { activeCountMax: 2 }),
  },
  {
    breaks: "I7",
    what: "more admissions in a minute than the rate",
    foundBy: LIMIT_RULES.rate,
    plant: ({ update }) => update("queues", { id: "main" }, { admissionRatePerMinute: 2 }),
  },
  {
    breaks: "I8",
    what: "a buyer who was overtaken",
    foundBy: ORDER_OF_ADMISSION_RULES.overtaken,
    plant: ({ update }) => update("queueAdmissions", { sequence: 70 }, { sequence: 5 }),
  },
];

/** Corruptions of messages and of the admissions of a queue. */
export const MESSAGE_CORRUPTIONS: readonly Corruption[] = [
  ...OF_MESSAGES,
  ...OF_DELIVERY,
  ...OF_ORDER,
  ...OF_QUEUE,
];
