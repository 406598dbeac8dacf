import type { Logger } from "@onsale/core";

/** What loops may stumble over while servers and processes fail. */
const EXPECTED = [
  "does not answer; try again shortly",
  "Too many transactions changed the same rows",
  "stopped answering while it committed",
  "the connection broke at",
];

/**
 * A log that looks for failures which no fault explains: a turn that fails for another reason, a
 * message given up, an alarm of the reconciliation.
 * @param isCalm no fault happens at all, so nothing explains any failure
 */
export function loopChecker(found: (message: string) => void, isCalm = false): Logger {
  const expected = isCalm ? [] : EXPECTED;

  function look(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { reason, loop, consumer } = fields;
    // Other warnings tell of a request, whose answer says the same.
    if (loop === undefined && consumer === undefined) return;
    if (typeof reason !== "string" || expected.some((text) => reason.includes(text))) return;
    found(`${message}: ${reason}`);
  }
  return {
    debug() {},
    info() {},
    warn: look,
    error: (fields, message) => found(`${message} ${JSON.stringify(fields)}`),
  };
}
