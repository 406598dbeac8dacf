import type { AggregateType, EventType } from "../events/eventCatalog.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

/**
 * PENDING: a relay publishes it when it is due. PUBLISHED: the broker has it. DEAD: the broker
 * refused it too often; it blocks the later messages of its aggregate. DISCARDED: an operator
 * decided that it is never published.
 */
export type MessageStatus = "PENDING" | "PUBLISHED" | "DEAD" | "DISCARDED";

export interface NewOutboxMessage {
  /**
   * A UUID. When the message is repeated or replayed, it keeps this id, so that consumers detect
   * the duplicate.
   */
  readonly messageId: string;
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  /** The aggregate's version after the transition; unique for each aggregate. */
  readonly aggregateVersion: number;
  readonly type: EventType;
  /** Plain JSON; `appendMessages` has checked it against the event's schema. */
  readonly payload: Readonly<Record<string, unknown>>;
  /**
   * The message's bucket: a hash of its aggregate, so that only one relay at a time publishes the
   * messages of an aggregate.
   */
  readonly bucket: number;
}

/**
 * A stored message. The relay publishes messages of every type: during an upgrade a newer process
 * may write types that an older relay does not know.
 */
export interface OutboxMessage extends Omit<NewOutboxMessage, "type"> {
  readonly id: number;
  readonly type: string;
  readonly attempts: number;
  readonly createdAt: Date;
}

/** A message as the relay has read it. */
export type TriedMessage = Pick<OutboxMessage, "id" | "attempts">;

/** The messages that are not published. */
export interface OutboxBacklog {
  readonly pending: number;
  readonly dead: number;
  /**
   * Age of the oldest PENDING message in ms, by the database's clock; 0 when there is none. The age
   * of a replayed message counts from its replay.
   */
  readonly oldestPendingAgeMs: number;
}

export interface OutboxCounts extends OutboxBacklog {
  readonly published: number;
  readonly discarded: number;
}

/** A relay's lease of a bucket. `markPublished` changes nothing under an expired lease. */
export interface BucketLease {
  /** The lease's name in the lease store. */
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

export interface OutboxStore {
  append(tx: Tx, messages: readonly NewOutboxMessage[]): Promise<void>;
  /** Returns the PENDING messages of a bucket, due or not, oldest first. */
  pending(tx: TxOrNone, bucket: number, max: number): Promise<readonly OutboxMessage[]>;
  /**
   * The messages of `pending` that may be published now, read in one snapshot. A message may be
   * published when it is due and no earlier message of its aggregate is DEAD or waits for its next
   * attempt. The oldest message is first, so the versions of each aggregate are in order and
   * without a gap.
   */
  due(tx: TxOrNone, bucket: number, max: number): Promise<readonly OutboxMessage[]>;
  /**
   * Marks messages as published and records their order in `outbox_publications`, if all leases of
   * their buckets are still valid.
   * @param leases one lease of the same owner for each bucket of the messages
   * @param ids in the order of publication of each aggregate
   * @returns the number of marked messages; 0 when another relay owns one of the buckets
   */
  markPublished(tx: Tx, leases: readonly BucketLease[], ids: readonly number[]): Promise<number>;
  /**
   * Increments the attempts and sets the time of the next attempt, or marks the message as DEAD.
   * @param message with the attempts that the relay has read
   * @returns false, and changes nothing, when the message is not PENDING or has other attempts:
   *   another relay or an operator has changed it
   */
  markFailed(
    tx: TxOrNone,
    message: TriedMessage,
    failure: { error: string; retryInMs: number; dead: boolean },
  ): Promise<boolean>;
  /**
   * Increments the attempts of PENDING messages that all failed with one error, and sets the time
   * of their next attempt. Changes none that has other attempts than given.
   * @returns the number of changed messages
   */
  postpone(
    tx: TxOrNone,
    messages: readonly TriedMessage[],
    failure: { error: string; retryInMs: number },
  ): Promise<number>;
  /** Counts all messages, which takes about a second for ten million. */
  counts(tx: TxOrNone): Promise<OutboxCounts>;
  /** Counts the messages that are not published. Its cost does not depend on the published ones. */
  backlog(tx: TxOrNone): Promise<OutboxBacklog>;
  /**
   * Deletes up to `max` messages and up to `max` rows of `outbox_publications` that were published
   * more than `ageMs` ago. Small batches keep scans and locks short.
   * @returns the number of deleted rows
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
