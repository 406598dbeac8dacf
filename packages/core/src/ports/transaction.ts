/**
 * A running database transaction. Only the stores of the adapter that began the transaction can
 * read it. It is the first parameter of every store method. A read outside a transaction passes
 * `null`, so that a forgotten transaction does not compile.
 */
export interface Tx {
  /** A name for logs and traces. */
  readonly label: string;
}

/** The first parameter of a read: a transaction, or `null` for none. */
export type TxOrNone = Tx | null;

/**
 * Runs the work in one transaction at READ COMMITTED, and commits. After a deadlock, a lock-wait
 * timeout or a connection that was lost before COMMIT, the runner runs the whole work again on a
 * new connection. The number of restarts is bounded, with jitter between them. So the work must
 * have no effect outside the database. When the connection is lost at COMMIT, the runner looks up
 * an outbox message that the work appended: the message exists exactly when the transaction was
 * committed.
 * @throws TransactionContendedError after the last restart
 * @throws DependencyUnavailableError when the database does not answer
 * @throws OutcomeUnknownError when the database stopped answering at COMMIT
 */
export type WithTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
