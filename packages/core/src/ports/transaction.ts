/**
 * A running database transaction. Only the stores of the adapter that began it can read this
 * object. The transaction is the first parameter of every store method. A read outside a
 * transaction passes `null`, so a forgotten transaction is a compile error.
 */
export interface Tx {
  /** A name for logs and traces. */
  readonly label: string;
}

/** The first parameter of a read: a transaction, or `null` for a read outside a transaction. */
export type TxOrNone = Tx | null;

/** The kinds of works that may share a transaction with others of their kind. */
export type GroupKind = "hold" | "charge" | "pay" | "cancel" | "refund";

/** A work that may share its transaction. */
export interface GroupedWork {
  readonly kind: GroupKind;
  /** The buyer. A second work of the buyer begins after the first has ended. */
  readonly userId: number;
}

/**
 * Runs the work in one transaction at READ COMMITTED, and commits. After a deadlock, a lock-wait
 * timeout, or a loss of the connection before COMMIT, the runner runs the whole work again, so the
 * work must have no effect outside the database. The number of restarts is bounded, with random
 * pauses between them. When the connection is lost at COMMIT, the runner looks up an outbox message
 * that the work appended: the message exists exactly when the transaction was committed.
 *
 * A grouped work may share the transaction with works of other buyers. Each work gets its own value
 * or error, after COMMIT, as if it had run alone. The work must refuse before it writes, and await
 * nothing slower than the database.
 * @throws TransactionContendedError after the last restart
 * @throws DependencyUnavailableError when the database does not answer
 * @throws OutcomeUnknownError when the database stopped answering at COMMIT
 */
export type WithTransaction = <T>(
  work: (tx: Tx) => Promise<T>,
  grouped?: GroupedWork,
) => Promise<T>;
