import type { AggregateType } from "../events/eventCatalog.ts";
import type { MessageStatus, OutboxMessage } from "./outboxStore.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/**
 * A message as operators see it. BLOCKED: it is PENDING and waits behind an earlier message of its
 * aggregate that failed.
 */
export type MessageState = MessageStatus | "BLOCKED";

/** A stored message with everything that is known of it. */
export interface MessageRecord extends OutboxMessage {
  readonly state: MessageState;
  /** The lowest version of its aggregate that failed and blocks this message. */
  readonly blockedByVersion: number | undefined;
  readonly nextAttemptAt: Date;
  /** Time of its first publication. */
  readonly publishedAt: Date | undefined;
  readonly lastError: string | undefined;
  /** The job of the last replay. */
  readonly replayJob: string | undefined;
  readonly replayedAt: Date | undefined;
  /** The audit record of the discard. */
  readonly discardAudit: number | undefined;
}

/** One publication of a message. */
export interface PublicationRecord {
  readonly id: number;
  readonly publishedAt: Date;
  /** The relay that published it. */
  readonly owner: string;
  readonly replayJob: string | undefined;
}

/** Conditions on messages. A message is selected if it matches all given conditions. */
export interface MessageSelection {
  /** Stored ids; without them, messages of any id. */
  readonly ids: readonly number[] | undefined;
  readonly aggregateType: AggregateType | undefined;
  readonly aggregateId: number | undefined;
  readonly type: string | undefined;
  /** Written at this time or later. */
  readonly since: Date | undefined;
  /** Written before this time. */
  readonly until: Date | undefined;
}

export interface MessagePage {
  readonly state: MessageState | undefined;
  /** Messages with a lower id only, for the next page. */
  readonly beforeId: number | undefined;
  readonly max: number;
}

/** How many messages a selection has, and between which ids they are. */
export interface SelectedMessages {
  readonly count: number;
  readonly firstId: number | undefined;
  readonly lastId: number | undefined;
}

/** The unpublished messages of one bucket. */
export interface BucketCounts {
  readonly bucket: number;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPendingAgeMs: number;
}

/** The messages of one kind of aggregate that failed with one error. */
export interface FailureCounts {
  readonly aggregateType: AggregateType;
  readonly error: string;
  readonly messages: number;
  /** The latest time of a next attempt; for a DEAD message, the attempt does not happen. */
  readonly latestAt: Date;
}

/** The view of operators on the outbox, and their changes. */
export interface OutboxAdminStore {
  /** Newest first. */
  list(
    tx: TxOrNone,
    selection: MessageSelection,
    page: MessagePage,
  ): Promise<readonly MessageRecord[]>;
  /** @param id the stored id, or the message id */
  find(tx: TxOrNone, id: number | string): Promise<MessageRecord | undefined>;
  /** The message of this version of the aggregate, if it is still stored. */
  listVersion(
    tx: TxOrNone,
    version: Pick<OutboxMessage, "aggregateType" | "aggregateId" | "aggregateVersion">,
  ): Promise<readonly MessageRecord[]>;
  /** PENDING messages of the aggregate with a higher version, in order. */
  listLater(
    tx: TxOrNone,
    message: Pick<OutboxMessage, "aggregateType" | "aggregateId" | "aggregateVersion">,
    max: number,
  ): Promise<readonly MessageRecord[]>;
  /** Publications of a message, oldest first. */
  listPublications(
    tx: TxOrNone,
    message: Pick<OutboxMessage, "messageId" | "aggregateType" | "aggregateId">,
    max: number,
  ): Promise<readonly PublicationRecord[]>;
  /** PENDING messages that wait behind an earlier failed message of their aggregate. */
  countBlocked(tx: TxOrNone): Promise<number>;
  /** Buckets with unpublished messages. */
  countByBucket(tx: TxOrNone): Promise<readonly BucketCounts[]>;
  /** Errors of unpublished messages, the latest first. */
  listFailures(tx: TxOrNone, max: number): Promise<readonly FailureCounts[]>;
  /** Publications within the last `withinMs`, counted up to `max`. */
  countPublications(tx: TxOrNone, withinMs: number, max: number): Promise<number>;

  /** Counts the selected messages in this state. */
  countSelected(
    tx: TxOrNone,
    selection: MessageSelection,
    status: MessageStatus,
  ): Promise<SelectedMessages>;
  /** The selected messages in this state with a higher id than `afterId`, by id. */
  nextSelected(
    tx: TxOrNone,
    selection: MessageSelection,
    page: {
      readonly status: MessageStatus;
      readonly afterId: number;
      readonly upToId: number;
      readonly max: number;
    },
  ): Promise<readonly MessageRecord[]>;
  /** Counts the selected messages whose first publication is more than `ageMs` ago. */
  countPublishedBefore(tx: TxOrNone, selection: MessageSelection, ageMs: number): Promise<number>;
  /** The messages of a replay by their state. */
  countReplayed(
    tx: TxOrNone,
    jobId: string,
    range: { readonly firstId: number; readonly lastId: number },
  ): Promise<ReadonlyMap<MessageStatus, number>>;
  /**
   * Makes PUBLISHED messages PENDING again, if their first publication is at most `withinMs` ago.
   * @returns the number of changed messages
   */
  replay(
    tx: Tx,
    ids: readonly number[],
    by: { readonly jobId: string; readonly withinMs: number },
  ): Promise<number>;
  /** Makes DEAD messages PENDING, with all attempts. @returns the number of changed messages */
  redrive(tx: Tx, ids: readonly number[]): Promise<number>;
  /** Discards DEAD messages. @returns the number of changed messages */
  discard(tx: Tx, ids: readonly number[], auditId: number): Promise<number>;
}
