import {
  CoreError,
  DependencyUnavailableError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";

/** What a failed statement means for the transaction around it. */
export type FailureKind =
  /** The transaction lost against another; the whole of it may run again. */
  | "restart"
  /** A row lock did not come free in time; the transaction may run again. */
  | "lock-wait"
  /** The connection is gone or the server refuses work. */
  | "connection"
  /** No connection came free in time. */
  | "busy"
  /** A unique key has the value already. */
  | "duplicate"
  /** Another transaction holds the row and the statement was told not to wait. */
  | "locked"
  | "other";

/** Errors of a database never leave its adapter; those of workflows pass through. */
export function rethrowAsCoreError(error: unknown, kind: FailureKind): never {
  if (error instanceof CoreError) throw error;
  if (kind === "connection") throw new DependencyUnavailableError("mysql", { cause: error });
  if (kind === "busy") throw new OverloadedError({ cause: error });
  if (kind === "restart" || kind === "lock-wait") {
    throw new TransactionContendedError(1, { cause: error });
  }
  throw error;
}
