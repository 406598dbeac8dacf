/** A problem with the local servers that the user can solve. The message says how to solve it. */
export class DevstackError extends Error {
  override readonly name = "DevstackError";
}

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
