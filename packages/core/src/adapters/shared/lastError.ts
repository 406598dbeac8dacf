/** The width of `outbox_messages.last_error` and `notifications.last_error`. */
const ERROR_LENGTH_MAX = 500;

/** As much of an error as a row keeps. */
export function lastError(error: string): string {
  return error.slice(0, ERROR_LENGTH_MAX);
}
