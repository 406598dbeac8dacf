/** The width of `outbox_messages.last_error` and `notifications.last_error`. */
const ERROR_LENGTH_MAX = 500;

/** Cuts an error text to the width of its column. */
export function lastError(error: string): string {
  return error.slice(0, ERROR_LENGTH_MAX);
}
