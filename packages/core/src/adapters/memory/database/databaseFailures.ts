import type { FailureKind } from "../../shared/failureKind.ts";
import { ConnectionLostError } from "../serverLink.ts";

/** What the database in memory refuses a statement with; `kind` says what it means. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What a failed statement means for the transaction around it. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof DatabaseFailure) return error.kind;
  return error instanceof ConnectionLostError ? "connection" : "other";
}
