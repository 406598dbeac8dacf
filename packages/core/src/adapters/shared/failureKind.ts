import {
  CoreError,
  DependencyUnavailableError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";

/** The meaning of a failed statement for its transaction. */
export type FailureKind =
  /** Another transaction won; the whole transaction may run again. */
  | "restart"
  /** A row lock was not released in time; the transaction may run again. */
  | "lock-wait"
  /** The connection is lost, or the server refuses work. */
  | "connection"
  /** No connection of the pool was free in time. */
  | "busy"
  /** Another row has the value of a unique key. */
  | "duplicate"
  /** Another transaction holds the row lock, and the statement does not wait (NOWAIT). */
  | "locked"
  | "other";

/** Replaces an error of the database by an error of core, and passes errors of core through. */
export function rethrowAsCoreError(error: unknown, kind: FailureKind): never {
  if (error instanceof CoreError) throw error;
  if (kind === "connection") throw new DependencyUnavailableError("mysql", { cause: error });
  if (kind === "busy") throw new OverloadedError({ cause: error });
  if (kind === "restart" || kind === "lock-wait") {
    throw new TransactionContendedError(1, { cause: error });
  }
  throw error;
}
