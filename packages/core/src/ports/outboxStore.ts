import type { AggregateType, EventType } from "../events/eventCatalog.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export interface NewOutboxMessage {
  /** UUID; survives replay, so consumers can tell a repetition. */
  readonly messageId: string;
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  /** The aggregate's version after the transition; unique for each aggregate. */
  readonly aggregateVersion: number;
  readonly type: EventType;
  /** Plain JSON; `appendMessages` has checked it against the event's schema. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Hash of the aggregate, so that one relay at a time publishes all of its messages. */
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

export interface OutboxCounts {
  readonly pending: number;
  readonly published: number;
  readonly dead: number;
  /** Age of the oldest unpublished message in ms, by the database's clock; 0 when none. */
  readonly oldestPendingAgeMs: number;
}

/** A relay's right to publish a bucket; stale ones mark nothing. */
export interface BucketLease {
  /** The lease's name in the lease store. */
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

export interface OutboxStore {
  append(tx: Tx, messages: readonly NewOutboxMessage[]): Promise<void>;
  /**
   * Unpublished messages of a bucket, due or not, oldest first; selected by status, never by
   * cursor.
   */
  pending(tx: TxOrNone, bucket: number, max: number): Promise<readonly OutboxMessage[]>;
  /**
   * Those of `pending` that may go out now, in one consistent look: due, and not behind a message
   * of the same aggregate that is DEAD or waits for its next attempt. Oldest first, so each
   * aggregate's versions are in order and without a gap.
   */
  due(tx: TxOrNone, bucket: number, max: number): Promise<readonly OutboxMessage[]>;
  /**
   * While the lease still stands: marks as published, and notes in `outbox_publications` what left
   * in which order. Answers how many; 0 when another owner has the bucket.
   */
  markPublished(tx: Tx, lease: BucketLease, ids: readonly number[]): Promise<number>;
  /** Counts an attempt and says when to try again, or gives the message up as DEAD. */
  markFailed(
    tx: TxOrNone,
    id: number,
    failure: { error: string; retryInMs: number; dead: boolean },
  ): Promise<void>;
  counts(tx: TxOrNone): Promise<OutboxCounts>;
  /**
   * Deletes up to `max` messages, and up to `max` notes of publications, that left more than
   * `ageMs` ago. Answers how many; small batches keep scans and locks short.
   */
  cleanUp(tx: Tx, ageMs: number, max: number): Promise<number>;
}
