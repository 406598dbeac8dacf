import type { Evidence } from "../../../ports/evidenceStore.ts";
import { type EvidenceOptions, heedMicrosOf } from "../../evidence/evidenceOptions.ts";
import { DELIVERY_RULES, MESSAGE_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type {
  InboxRow,
  NotificationRow,
  OutboxRow,
  PaymentRow,
  PointEntryRow,
  ReservationRow,
} from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { askRules, type Searches } from "./askRules.ts";
import { type AggregateVersion, indexVersions, type VersionIndex } from "./versionIndex.ts";

interface MessageView {
  /** What is older may have been tidied away. */
  readonly heedUs: number;
  readonly notifiedTypes: ReadonlySet<string>;
  readonly reservations: readonly ReservationRow[];
  readonly payments: readonly PaymentRow[];
  readonly entries: readonly PointEntryRow[];
  readonly messages: readonly OutboxRow[];
  readonly told: VersionIndex;
  readonly notifications: readonly NotificationRow[];
  /** How many there are for each message. */
  readonly notificationCounts: ReadonlyMap<string, number>;
  /** The notifier's. */
  readonly inbox: readonly InboxRow[];
  readonly applied: ReadonlySet<string>;
  /** The version of the aggregate; 0 when it is not there. */
  versionOf(aggregate: AggregateVersion): number;
}

const RESERVATION_VERSION_MAX = 3;
const PAYMENT_VERSION_MAX = 2;

/**
 * Each version of each aggregate whose transition is young enough to be looked for. A reservation's
 * row keeps the first moment and the last, so the version between them is looked for while the
 * first is young.
 */
function* youngTransitionsOf(view: MessageView): Generator<AggregateVersion> {
  const { heedUs } = view;
  for (const { id, version, createdAtUs, updatedAtUs } of view.reservations) {
    for (let made = 1; made <= Math.min(version, RESERVATION_VERSION_MAX); made += 1) {
      if ((made === version ? updatedAtUs : createdAtUs) <= heedUs) continue;
      yield { aggregateType: "reservation", aggregateId: id, aggregateVersion: made };
    }
  }
  for (const { id, version, capturedAtUs, refundedAtUs } of view.payments) {
    for (let made = 1; made <= Math.min(version, PAYMENT_VERSION_MAX); made += 1) {
      const madeAtUs = made === 1 ? capturedAtUs : refundedAtUs;
      if (madeAtUs === null || madeAtUs <= heedUs) continue;
      yield { aggregateType: "payment", aggregateId: id, aggregateVersion: made };
    }
  }
  for (const { userId, accountVersion, createdAtUs } of view.entries) {
    if (createdAtUs <= heedUs) continue;
    const aggregateVersion = accountVersion;
    yield { aggregateType: "point-account", aggregateId: userId, aggregateVersion };
  }
}

const ofTransitions: Searches<
  "noMessage" | "noTransition" | "twoMessages" | "version",
  MessageView
> = {
  *noMessage(view) {
    for (const transition of youngTransitionsOf(view)) {
      const versions = view.told.versionsOf(transition);
      if (!versions.has(transition.aggregateVersion)) yield { ...transition };
    }
  },
  *noTransition({ messages, versionOf }) {
    for (const message of messages) {
      const { messageId, aggregateType, aggregateId, aggregateVersion } = message;
      if (aggregateVersion >= 1 && aggregateVersion <= versionOf(message)) continue;
      yield { messageId, aggregateType, aggregateId, aggregateVersion };
    }
  },
  *twoMessages({ told }) {
    for (const { aggregateType, aggregateId, aggregateVersion, rowCount } of told.all()) {
      if (rowCount < 2) continue;
      yield { aggregateType, aggregateId, aggregateVersion, messageCount: rowCount };
    }
  },
  *version({ reservations, payments }) {
    for (const { id, version, status } of reservations) {
      const expected = status === "PENDING" ? 1 : status === "REFUNDED" ? 3 : 2;
      if (version === expected) continue;
      yield { aggregateType: "reservation", aggregateId: id, version, status };
    }
    for (const { id, version, status } of payments) {
      if (version === (status === "CAPTURED" ? 1 : 2)) continue;
      yield { aggregateType: "payment", aggregateId: id, version, status };
    }
  },
};

const ofEffects: Searches<"appliedTwice" | "noInboxRecord" | "noNotification", MessageView> = {
  *appliedTwice({ notificationCounts }) {
    for (const [messageId, notificationCount] of notificationCounts) {
      if (notificationCount > 1) yield { messageId, notificationCount };
    }
  },
  *noInboxRecord({ notifications, applied, heedUs }) {
    for (const { id, messageId, createdAtUs } of notifications) {
      if (createdAtUs <= heedUs || applied.has(messageId)) continue;
      yield { notificationId: id, messageId };
    }
  },
  *noNotification({ inbox, notificationCounts, heedUs }) {
    for (const { messageId, appliedAtUs } of inbox) {
      if (appliedAtUs > heedUs && !notificationCounts.has(messageId)) yield { messageId };
    }
  },
};

const ofDelivery: Searches<keyof typeof DELIVERY_RULES, MessageView> = {
  *unpublished({ messages }) {
    for (const { messageId, status, attempts, aggregateType, aggregateId } of messages) {
      if (status === "PUBLISHED") continue;
      yield { messageId, status, attempts, aggregateType, aggregateId };
    }
  },
  *unapplied({ messages, applied, notifiedTypes, heedUs }) {
    for (const message of messages) {
      const { messageId, status, publishedAtUs } = message;
      if (status !== "PUBLISHED" || publishedAtUs === null || publishedAtUs <= heedUs) continue;
      const { aggregateType, aggregateId, aggregateVersion } = message;
      if (!notifiedTypes.has(aggregateType) || applied.has(messageId)) continue;
      yield { messageId, aggregateType, aggregateId, aggregateVersion };
    }
  },
};

const WHOLE = searchedRules(MESSAGE_RULES, { ...ofTransitions, ...ofEffects });
const DELIVERED = [...WHOLE, ...searchedRules(DELIVERY_RULES, ofDelivery)];

function versionOf(
  s: Statement,
  tables: Tables,
  { aggregateType, aggregateId }: AggregateVersion,
): number | undefined {
  switch (aggregateType) {
    case "reservation":
      return s.find(tables.reservations, aggregateId)?.version;
    case "payment":
      return s.find(tables.payments, aggregateId)?.version;
    case "point-account":
      return s.find(tables.pointAccounts, aggregateId)?.version;
  }
}

/** I5. */
export function messageEvidence(
  s: Statement,
  tables: Tables,
  options: EvidenceOptions & { drained: boolean },
): Evidence {
  const messages = s.all(tables.outboxMessages);
  const notifications = s.all(tables.notifications);
  const notificationCounts = new Map<string, number>();
  for (const { messageId } of notifications) {
    notificationCounts.set(messageId, (notificationCounts.get(messageId) ?? 0) + 1);
  }
  const allInboxes = s.all(tables.inboxMessages);
  const inbox = allInboxes.filter(({ consumer }) => consumer === options.notifier);
  const view: MessageView = {
    heedUs: s.nowUs - heedMicrosOf(options),
    notifiedTypes: new Set(options.notifiedTypes),
    reservations: s.all(tables.reservations),
    payments: s.all(tables.payments),
    entries: s.all(tables.pointEntries),
    messages,
    told: indexVersions(messages),
    notifications,
    notificationCounts,
    inbox,
    applied: new Set(inbox.map(({ messageId }) => messageId)),
    versionOf: (aggregate) => versionOf(s, tables, aggregate) ?? 0,
  };
  const examined = messages.length + allInboxes.length + notifications.length;
  return askRules(options.drained ? DELIVERED : WHOLE, view, examined);
}
