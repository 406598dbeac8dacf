import {
  CoreError,
  DependencyUnavailableError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";

/** Why a statement failed, which decides how its transaction continues. */
export type FailureKind =
  /** Another transaction won a conflict. The whole transaction may run again. */
  | "restart"
  /** A row lock was not released in time; the transaction may run again. */
  | "lock-wait"
  /** The connection is lost, or the server refuses work. */
  | "connection"
  /** The server does not do the statement at the moment, and would refuse a repetition too. */
  | "refused"
  /** No connection of the pool became free in time. */
  | "busy"
  /** Another row has the value of a unique key. */
  | "duplicate"
  /** Another transaction holds the row lock, and the statement does not wait (NOWAIT). */
  | "locked"
  | "other";

/**
 * Throws the core error that matches the database's error. An error that core threw is rethrown
 * unchanged.
 */
export function rethrowAsCoreError(error: unknown, kind: FailureKind): never {
  if (error instanceof CoreError) throw error;
  if (kind === "connection" || kind === "refused") {
    throw new DependencyUnavailableError("mysql", { cause: error });
  }
  if (kind === "busy") throw new OverloadedError({ cause: error });
  if (kind === "restart" || kind === "lock-wait") {
    throw new TransactionContendedError(1, { cause: error });
  }
  throw error;
}
