import type { FailureKind } from "../../shared/failureKind.ts";
import { ConnectionLostError } from "../serverLink.ts";

/** The error of a statement that the in-memory database refuses. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Classifies the error of a failed statement, so that the transaction knows how to continue. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof DatabaseFailure) return error.kind;
  return error instanceof ConnectionLostError ? "connection" : "other";
}
