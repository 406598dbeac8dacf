/** Something about the local servers that the user can mend; the message says what and how. */
export class DevstackError extends Error {
  override readonly name = "DevstackError";
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
