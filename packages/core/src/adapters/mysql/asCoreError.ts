import {
  CoreError,
  DependencyUnavailableError,
  OverloadedError,
  TransactionContendedError,
} from "../../shared/errors.ts";
import { failureKind } from "./databaseErrors.ts";

/** Errors of the driver never leave the adapter; those of workflows pass through. */
export function rethrowAsCoreError(error: unknown): never {
  if (error instanceof CoreError) throw error;
  const kind = failureKind(error);
  if (kind === "connection") throw new DependencyUnavailableError("mysql", { cause: error });
  if (kind === "busy") throw new OverloadedError({ cause: error });
  if (kind === "restart" || kind === "lock-wait")
    throw new TransactionContendedError(1, { cause: error });
  throw error;
}
