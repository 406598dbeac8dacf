/**
 * A running database transaction. Only the stores of the adapter that began it can look inside.
 * Stores take it first; `null` means "outside any transaction" and is said on purpose, so that a
 * forgotten transaction does not compile.
 */
export interface Tx {
  /** A name for logs and traces. */
  readonly label: string;
}

/** What a read takes: a transaction, or `null` for a read of its own. */
export type TxOrNone = Tx | null;

/**
 * Runs the work in one transaction at READ COMMITTED and commits. On a deadlock, a lock-wait
 * timeout or a connection lost before COMMIT the whole work runs again on a fresh connection, a
 * bounded number of times with jitter, so the work must have no effect outside the database. When
 * the connection is lost at COMMIT, the outcome is looked up by the outbox messages that the work
 * appended, never guessed.
 * @throws TransactionContendedError after the last restart
 * @throws DependencyUnavailableError when the database does not answer
 * @throws OutcomeUnknownError when it stopped answering at COMMIT
 */
export type WithTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
