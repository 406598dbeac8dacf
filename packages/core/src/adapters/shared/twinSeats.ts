import { TwinSeatsError } from "../../catalog/errors.ts";
import type { FailureKind } from "./failureKind.ts";

/** An insert of seats can meet one unique key only: that of their numbers. */
export function rethrowAsTwinSeats(error: unknown, kind: FailureKind): never {
  if (kind === "duplicate") throw new TwinSeatsError({ cause: error });
  throw error;
}
