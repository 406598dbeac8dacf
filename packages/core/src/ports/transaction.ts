/**
 * A running database transaction. Only the stores of the adapter that began it can read it. It is
 * the first parameter of a store's methods; a read without a transaction passes `null`, so that a
 * forgotten transaction does not compile.
 */
export interface Tx {
  /** A name for logs and traces. */
  readonly label: string;
}

/** The first parameter of a read: a transaction, or `null` for none. */
export type TxOrNone = Tx | null;

/**
 * Runs the work in one transaction at READ COMMITTED, and commits. After a deadlock, a lock-wait
 * timeout or a connection lost before COMMIT, the whole work runs again on a new connection, a
 * bounded number of times with jitter; so the work must have no effect outside the database. When
 * the connection is lost at COMMIT, the runner looks for an outbox message that the work appended:
 * the message exists exactly when the transaction was committed.
 * @throws TransactionContendedError after the last restart
 * @throws DependencyUnavailableError when the database does not answer
 * @throws OutcomeUnknownError when the database stopped answering at COMMIT
 */
export type WithTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
