import { TwinSeatsError } from "../../catalog/errors.ts";
import type { FailureKind } from "./failureKind.ts";

/**
 * Rethrows a "duplicate" failure of an INSERT of seats. Only the unique key of the seat numbers can
 * cause it.
 */
export function rethrowAsTwinSeats(error: unknown, kind: FailureKind): never {
  if (kind === "duplicate") throw new TwinSeatsError({ cause: error });
  throw error;
}
