import type { CheckedPaymentRow, MessageRow, UnpublishedRow } from "../ports/invariantReader.ts";
import type { AccountFacts, CheckContext, Checker } from "./checker.ts";
import { CONTENT_RULES, checkContents } from "./messageContents.ts";
import { isDiscarded } from "./messagesLeaveInOrder.ts";
import { keptSinceUs } from "./retention.ts";
import {
  type ContentOf,
  entryContent,
  paymentContent,
  reservationTransitions,
} from "./transitionContents.ts";
import { type ViolationLog, violationLog } from "./violations.ts";

/**
 * I5 at any moment: each transition has one message, and no message has its effect twice. A replay
 * keeps the ids of its messages, so it changes neither. A message that an operator discarded counts
 * as the message of its transition.
 */
export const MESSAGE_RULES = {
  noMessage: "the transition has no outbox message",
  noTransition: "the outbox message belongs to a transition that was never made",
  twoMessages: "the transition has more than one outbox message",
  // The version follows from the state: PENDING has version 1, REFUNDED version 3, and every other
  // state version 2. Each partial release of seats adds one.
  version: "the version does not count the transitions that lead to this state",
  appliedTwice: "the message was applied more than once",
  noInboxRecord: "the notification has no inbox record",
  noNotification: "the inbox record has no notification",
  discardedUnaudited: "the message was discarded without an audit record",
} as const;

/**
 * I5 after the sale, when all work is done: each message is also published and applied, unless an
 * operator discarded it.
 */
export const DELIVERY_RULES = {
  unpublished: "the message was not published",
  unapplied: "the published message was not applied by the notifier",
} as const;

const RULES = { ...MESSAGE_RULES, ...CONTENT_RULES, ...DELIVERY_RULES };

/** A state that an aggregate reached, with its time. */
interface Transition {
  readonly version: number;
  /** The time of the transition; `null` when the row does not have it. */
  readonly madeAtUs: number | null;
}

interface Aggregate {
  readonly aggregateType: string;
  readonly aggregateId: number;
  /** The aggregate's version; 0 when the aggregate does not exist. */
  readonly version: number;
  /** The transitions in the order of their versions. The messages have the same order. */
  readonly transitions: readonly Transition[];
  readonly messages: readonly MessageRow[];
  /** Maps each field of a payload that has an id to the id that it must have. */
  readonly ids: Readonly<Record<string, number>>;
  readonly contentOf: ContentOf;
}

/** An aggregate that does not exist. Its messages have nothing to compare with. */
const NEVER_MADE = { version: 0, transitions: [], ids: {}, contentOf: () => undefined } as const;

/**
 * Maximum number of transitions that are compared, so that a damaged version does not cost much: a
 * reservation has three of the whole, and each of its seats but one may be given back alone.
 */
const VERSION_MAX = 3 + 20;

/** Checks I5. */
export function checkTransitionsHaveOneMessage(context: CheckContext): Checker {
  const log = violationLog(RULES);
  const { drained } = context;
  const sinceUs = keptSinceUs(context);
  /**
   * The partial refunds of each reservation, until the walk over the payments comes to its payment.
   * They are few: an operator made each of them.
   */
  const partialRefunds = new Map<number, readonly number[]>();
  let rowsRead = 0;

  function countRows(count: number): void {
    rowsRead += count;
  }

  function checkAggregate(aggregate: Aggregate): void {
    rowsRead += aggregate.messages.length;
    checkMessages(log, aggregate, sinceUs);
    for (const message of aggregate.messages) checkContents(log, aggregate, message);
  }

  return {
    ...effectRules(log, { drained, sinceUs, countRows }),
    takeReservation({ reservationId: aggregateId, reservation, seats, payment, messages }) {
      const of = { aggregateType: "reservation", aggregateId };
      if (!reservation) {
        checkPaymentVersion(log, payment, 0);
        checkAggregate({ ...NEVER_MADE, ...of, messages });
        return;
      }
      const { version, status, userId, performanceId, createdAtUs, updatedAtUs } = reservation;
      const made = reservationTransitions(reservation, seats);
      if (version !== made.version) log.add("version", { ...of, version, status });
      checkPaymentVersion(log, payment, made.partialRefunds.length);
      if (made.partialRefunds.length > 0) partialRefunds.set(aggregateId, made.partialRefunds);
      // The row has only the times of its first and its last transition. The message of the version
      // between them is required while the first transition is too young for a cleanup.
      const transitions = versionsUpTo(Math.min(version, VERSION_MAX), (one) =>
        one === version ? updatedAtUs : createdAtUs,
      );
      const ids = { reservationId: aggregateId, userId, performanceId };
      const { contentOf } = made;
      checkAggregate({ ...of, version, transitions, messages, ids, contentOf });
    },
    takePayment({ paymentId: aggregateId, payment, messages }) {
      const of = { aggregateType: "payment", aggregateId };
      if (!payment) {
        checkAggregate({ ...NEVER_MADE, ...of, messages });
        return;
      }
      const { version, status, reservationId, userId, capturedAtUs, refundedAtUs } = payment;
      // The row has no times of partial refunds. Their messages are required while the capture is
      // too young for a cleanup.
      const transitions = versionsUpTo(Math.min(version, VERSION_MAX), (made) =>
        status === "REFUNDED" && made === version ? refundedAtUs : capturedAtUs,
      );
      const ids = { paymentId: aggregateId, reservationId, userId };
      const contentOf = paymentContent(payment, partialRefunds.get(reservationId) ?? []);
      partialRefunds.delete(reservationId);
      checkAggregate({ ...of, version, transitions, messages, ids, contentOf });
    },
    takeAccount: (facts) => checkAggregate(accountOf(facts)),
    takeUnknownAggregate({ aggregateType, aggregateId, messages }) {
      checkAggregate({ ...NEVER_MADE, aggregateType, aggregateId, messages });
    },
    takeUnpublished: (message) => checkUnpublished(log, message, drained),
    result: () => log.result(rowsRead),
  };
}

function accountOf({ userId: aggregateId, account, entries, messages }: AccountFacts): Aggregate {
  const transitions = entries.map(({ accountVersion, createdAtUs }) => ({
    ...{ version: accountVersion, madeAtUs: createdAtUs },
  }));
  const of = { aggregateType: "point-account", aggregateId, version: account?.version ?? 0 };
  const ids = { userId: aggregateId };
  return { ...of, transitions, messages, ids, contentOf: entryContent(entries) };
}

function checkPaymentVersion(
  log: ViolationLog<keyof typeof RULES>,
  payment: CheckedPaymentRow | undefined,
  partialRefundCount: number,
): void {
  if (!payment) return;
  const { id: aggregateId, version, status } = payment;
  const expected = (status === "CAPTURED" ? 1 : 2) + partialRefundCount;
  if (version === expected) return;
  log.add("version", { aggregateType: "payment", aggregateId, version, status });
}

/** Checks a message that is not PUBLISHED. An audited discard is the only legitimate end. */
function checkUnpublished(
  log: ViolationLog<keyof typeof RULES>,
  message: UnpublishedRow,
  drained: boolean,
): void {
  if (isDiscarded(message)) return;
  const { publishedVersions: _published, ...ids } = message;
  if (message.status === "DISCARDED") log.add("discardedUnaudited", ids);
  if (drained) log.add("unpublished", ids);
}

function versionsUpTo(
  versionMax: number,
  madeAtUs: (version: number) => number | null,
): Transition[] {
  const transitions: Transition[] = [];
  for (let version = 1; version <= versionMax; version += 1) {
    transitions.push({ version, madeAtUs: madeAtUs(version) });
  }
  return transitions;
}

function checkMessages(
  log: ViolationLog<keyof typeof MESSAGE_RULES>,
  { aggregateType, aggregateId, version, transitions, messages }: Aggregate,
  sinceUs: number,
): void {
  let at = 0;
  for (const { version: aggregateVersion, madeAtUs } of transitions) {
    while ((messages[at]?.aggregateVersion ?? Number.POSITIVE_INFINITY) < aggregateVersion) at += 1;
    if (madeAtUs === null || madeAtUs <= sinceUs) continue;
    if (messages[at]?.aggregateVersion === aggregateVersion) continue;
    log.add("noMessage", { aggregateType, aggregateId, aggregateVersion });
  }
  let messageCount = 0;
  for (const [index, { aggregateVersion }] of messages.entries()) {
    const ids = { aggregateType, aggregateId, aggregateVersion };
    if (aggregateVersion < 1 || aggregateVersion > version) log.add("noTransition", ids);
    messageCount += 1;
    if (messages[index + 1]?.aggregateVersion === aggregateVersion) continue;
    if (messageCount > 1) log.add("twoMessages", { ...ids, messageCount });
    messageCount = 0;
  }
}

function effectRules(
  log: ViolationLog<keyof typeof RULES>,
  options: { drained: boolean; sinceUs: number; countRows: (count: number) => void },
): Pick<Checker, "takeEffect"> {
  const { drained, sinceUs, countRows } = options;
  return {
    takeEffect({ messageId, notifications, inbox, published }) {
      const notificationCount = notifications.length;
      countRows(notificationCount + (inbox ? 1 : 0));
      if (notificationCount > 1) log.add("appliedTwice", { messageId, notificationCount });
      if (!inbox) {
        for (const { id: notificationId, createdAtUs } of notifications) {
          if (createdAtUs > sinceUs) log.add("noInboxRecord", { notificationId, messageId });
        }
      } else if (notificationCount === 0 && inbox.appliedAtUs > sinceUs) {
        log.add("noNotification", { messageId });
      }
      if (!drained || !published || inbox) return;
      const { publishedAtUs, aggregateType, aggregateId, aggregateVersion } = published;
      if (publishedAtUs === null || publishedAtUs <= sinceUs) return;
      log.add("unapplied", { messageId, aggregateType, aggregateId, aggregateVersion });
    },
  };
}
